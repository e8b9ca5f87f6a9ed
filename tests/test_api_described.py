"""Asked at random, the API never fails and never answers otherwise than it is described.

`make fuzz` does the same for ten minutes, and never the same twice.
"""

from collections.abc import Generator
from typing import Any, Final
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from app.domain import openapi
from app.domain.openapi import Operation
from tests import fuzzing
from tests.programs import program

EXAMPLES: Final = 15


@pytest.fixture(scope="module")
def app() -> Generator[Flask, None, None]:
    with fuzzing.opened() as made:
        yield made


@pytest.fixture(scope="module")
def described(app: Flask) -> Any:
    return fuzzing.description(app)


@pytest.mark.parametrize("operation", openapi.OPERATIONS, ids=lambda one: str(one.identifier))
def test_no_answer_lies_outside_the_description(described: Any, operation: Operation) -> None:
    asked = described[openapi.ROOT + operation.path]["GET"]
    # Without parameters there is nothing to ask wrongly.
    modes = (
        list(GenerationMode) if operation.query or operation.place else [GenerationMode.POSITIVE]
    )
    for mode in modes:

        @given(case=asked.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            case.call_and_validate(excluded_checks=fuzzing.not_promised(case))

        ask()


@pytest.mark.parametrize("operation", openapi.OPERATIONS, ids=lambda one: str(one.identifier))
def test_what_nobody_expects_is_answered_or_refused_clearly(
    app: Flask, operation: Operation
) -> None:
    client = program(app)
    for odd in fuzzing.ODD:
        place = quote(odd, safe="") if operation.place else ""
        address = openapi.ROOT + operation.path.partition("{")[0] + place
        for query in ({}, *({one.name: odd} for one in operation.query), {odd: odd}):
            answer = client.get(address, query_string=query)
            assert answer.status_code in {200, 308, 400, 404}, (address, query)
            if answer.status_code == 400:
                assert answer.json["parameter"] is not None
                assert answer.json["detail"]
