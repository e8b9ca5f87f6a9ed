"""Refusals of the exchange: each carries what its sentence needs, for people and for logs."""

from app.domain import exchange_errors
from app.domain.errors import Refusal
from app.domain.exchange import Code
from app.domain.exchange_errors import MessageRefused, MessageRejected


def test_every_refusal_is_logged_under_its_name() -> None:
    found = [
        one
        for one in vars(exchange_errors).values()
        if isinstance(one, type) and issubclass(one, Refusal) and one is not Refusal
    ]
    assert len(found) > 10
    assert all(one.__doc__ for one in found)


def test_a_message_that_is_refused_says_which_number_is_due() -> None:
    refusal = MessageRefused(Code.OUT_OF_SEQUENCE, 7, 9)
    assert refusal.facts() | {"field": ""} == {
        "field": "",
        "reason": "9009",
        "expected": "7",
        "number": "9",
    }
    assert MessageRejected(Code.ACCOUNT_UNKNOWN, "x").facts()["reason"] == "5902"
