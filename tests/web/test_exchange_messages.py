"""Every refusal about other registries has a sentence, and every code its meaning."""

import inspect

from app.domain import exchange_errors
from app.domain.errors import Refusal
from app.domain.exchange import Code
from app.web.exchange_messages import EXCHANGE


def test_every_refusal_of_the_exchange_has_a_sentence() -> None:
    known = {
        one
        for _name, one in inspect.getmembers(exchange_errors, inspect.isclass)
        if issubclass(one, Refusal) and one is not Refusal
    }
    assert known == set(EXCHANGE)
    assert all(len(code.value) == 4 for code in Code)
