"""What may be asked is read strictly, and described as it is read."""

import re
from datetime import date
from typing import Any

import pytest

from app.domain import parameters
from app.domain.errors import NotADate, NotAWholeNumber, Refusal, Required, TooLong, UnknownChoice
from app.domain.open_data_errors import (
    NotAsDescribed,
    OutOfBounds,
    ParameterTwice,
    UnknownParameter,
)
from app.domain.parameters import CREDITS, DATE, PAGING, PROJECTS, Number, Written


def read(**given: str) -> dict[str, Any]:
    offered = (*CREDITS, *PAGING, DATE)
    return parameters.read(offered, {name: [value] for name, value in given.items()})


def test_values_are_read_as_what_they_are() -> None:
    assert read(q="solar", partner="MN", vintage="2019", page_size="1000", date="2023-12-31") == {
        "q": "solar",
        "partner": "MN",
        "vintage": 2019,
        "page_size": 1_000,
        "date": date(2023, 12, 31),
    }


@pytest.mark.parametrize(
    ("name", "typed", "refusal"),
    [
        ("q", "", Required),
        ("q", "a\0b", NotAsDescribed),
        ("q", "x" * 10_000, TooLong),
        ("partner", "mn", NotAsDescribed),
        ("partner", "MN\n", NotAsDescribed),
        ("project", "MN０03", NotAsDescribed),
        ("kind", "entity ", UnknownChoice),
        ("vintage", "2019.0", NotAWholeNumber),
        ("vintage", "２０１９", NotAWholeNumber),
        ("page_size", "-1", OutOfBounds),
        ("page_size", "0", OutOfBounds),
        ("page_size", "1000000000", OutOfBounds),
        ("page_size", "9" * 5_000, NotAWholeNumber),
        ("page_size", "010", NotAWholeNumber),
        ("date", "2023-02-30", NotADate),
        ("date", "20231231", NotADate),
        ("date", "0001-01-01", NotADate),
    ],
)
def test_what_is_not_described_is_refused(name: str, typed: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as caught:
        read(**{name: typed})
    assert caught.value.field == name


def test_an_unknown_name_and_a_name_given_twice_are_refused() -> None:
    with pytest.raises(UnknownParameter) as unknown:
        read(colour="red")
    assert unknown.value.field == "colour"
    with pytest.raises(ParameterTwice) as twice:
        parameters.read(PROJECTS, {"partner": ["MN", "VN"]})
    assert twice.value.field == "partner"


def test_a_description_accepts_what_is_read() -> None:
    for parameter in (*CREDITS, *PROJECTS, *PAGING):
        schema = parameter.schema
        if isinstance(parameter, Number):
            assert parameter.read(str(schema["maximum"])) == schema["maximum"]
        if "enum" in schema:
            assert [parameter.read(choice) for choice in schema["enum"]] == schema["enum"]
        if isinstance(parameter, Written):
            assert re.fullmatch(schema["pattern"], "MN003") or parameter.name != "project"
