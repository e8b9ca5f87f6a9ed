"""How the form of a movement is read: every field, and all that is wrong at once."""

import pytest
from flask import Flask

from app.domain.errors import (
    KeyUsedOtherwise,
    MalformedSerial,
    NothingChosen,
    Refusal,
    Required,
    TooLong,
    UnknownChoice,
    UnknownProject,
)
from app.domain.ledger import Kind
from app.domain.serials import Range
from app.web import orders
from app.web.orders import FORMS, Typed

OWN, OTHER = "JP-121-000001-0-47", "JP-121-000002-0-42"
TRANSFER = {"source": OWN, "target": OTHER, "quantity": "10"}


def read(word: str = "transfers", **given: str) -> Typed:
    typed = Typed.of(FORMS[word], TRANSFER | given)
    orders.order(typed, "JP")
    return typed


def test_every_kind_of_movement_has_a_form_of_its_own() -> None:
    by_the_account = {Kind.EXTERNAL_TRANSFER, Kind.ACQUISITION}
    assert {form.kind for form in FORMS.values()} == set(Kind) - by_the_account
    assert len({form.kind for form in FORMS.values()}) == len(FORMS)
    assert FORMS["transfers"].is_holders and not FORMS["issuances"].is_holders


def test_a_form_is_read_whatever_the_width_it_was_typed_in() -> None:
    typed = Typed.of(
        FORMS["transfers"],
        {
            "source": " ＪＰ－１２１－０００００１－０－４７ ",
            "target": OTHER,
            "quantity": "１，５００",
            "project": "ｍｎ００３",
            "vintage": "２０１９",
            "serials": "１－１０；　１５",
            "remark": "  as agreed ",
        },
    )
    order = orders.order(typed, "JP")
    assert not typed.refusals
    assert (order.kind, order.source, order.target) == (Kind.TRANSFER, OWN, OTHER)
    assert (order.quantity, order.project, order.vintage) == (1_500, "MN003", 2019)
    assert order.serials[0] == Range(1, 10) and len(order.serials) == 2
    assert order.remark == "as agreed"


def test_all_that_is_wrong_is_found_at_once() -> None:
    typed = read(
        source="",
        target="x",
        quantity="-1",
        project="?",
        vintage="19",
        serials="a-b",
        remark="x" * 5_000,
    )
    assert set(typed.refusals) == {
        "source",
        "target",
        "quantity",
        "project",
        "vintage",
        "serials",
        "remark",
    }


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("source", " ", Required),
        ("target", "", Required),
        ("source", "JP-999", UnknownChoice),
        ("project", "MN 3", UnknownProject),
        ("vintage", "²⁰¹⁹", UnknownChoice),
        ("vintage", "12345", UnknownChoice),
        ("serials", "x" * 50, MalformedSerial),
        ("serials", "1 " * 100_001, TooLong),
        ("quantity", "1" * 101, TooLong),
    ],
)
def test_what_is_wrong_is_said_at_its_field(field: str, value: str, refusal: type[Refusal]) -> None:
    typed = read(**{field: value})
    found = typed.refusals[field]
    assert type(found) is refusal
    assert found.field == field
    assert len(str(found)) < 300, "what was typed is quoted cut short"


def test_a_movement_names_a_quantity_or_serial_numbers() -> None:
    typed = read(quantity="")
    assert isinstance(typed.refusals["quantity"], NothingChosen)
    assert not read(quantity="", serials="1-10").refusals


def test_a_cancellation_asks_for_its_purpose_and_beneficiary() -> None:
    typed = read("voluntary-cancellations")
    assert {name for name, why in typed.refusals.items() if isinstance(why, Required)} == {
        "purpose",
        "beneficiary",
    }


def test_an_issuance_names_an_allocation_and_a_quantity() -> None:
    typed = Typed.of(FORMS["issuances"], {"allocation": "7", "quantity": "1,000"})
    assert orders.issue(typed) == (7, 1_000)
    for allocation in ("", "x", "-1", "9" * 30, "²"):
        typed = Typed.of(FORMS["issuances"], {"allocation": allocation})
        orders.issue(typed)
        assert set(typed.refusals) == {"allocation", "quantity"}


def test_the_key_comes_back_and_a_new_form_gets_a_new_one() -> None:
    assert Typed.of(FORMS["transfers"], {"key": "a key"}).key == "a key"
    assert Typed.of(FORMS["transfers"], {"key": "\0"}).key
    made = {Typed.of(FORMS["transfers"], {}).key for _ in range(10)}
    assert len(made) == 10


def test_nothing_that_no_database_keeps_is_read_and_nothing_that_is_no_field() -> None:
    typed = Typed.of(FORMS["retirements"], {"remark": "a\0b", "target": OTHER, "odd": "x"})
    assert typed.values["remark"] == "ab"
    assert set(typed.values) == set(FORMS["retirements"].fields)


def test_a_refusal_at_no_field_of_the_form_stands_over_it(site: Flask) -> None:
    typed = Typed.of(FORMS["retirements"], {})
    typed.refuse("target", Required())
    typed.refuse("source", Required())
    typed.refuse("source", KeyUsedOtherwise())
    assert type(typed.refusals["source"]) is Required, "the first counts"
    with site.test_request_context("/en/"):
        assert list(typed.errors()) == ["", "source"]
