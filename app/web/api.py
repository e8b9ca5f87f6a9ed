"""The interface for programs: what is public, as JSON, for reading; described at openapi.json."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from flask import Blueprint, request

from app.domain import bands, openapi
from app.domain.accounts import Kind
from app.domain.disclosure import facts
from app.domain.errors import NotFound, UnknownChoice
from app.domain.form_errors import PeriodNotOver
from app.domain.ledger import transaction_number
from app.domain.lives import events
from app.domain.open_data import licence
from app.domain.openapi import ROOT
from app.domain.projects import Stage
from app.domain.serials import Range
from app.domain.text import normalise
from app.store import (
    accounts,
    blocks,
    countries,
    credit_totals,
    issuances,
    lives,
    methodologies,
    open_data,
    partners,
    projects,
)
from app.store.credits import find
from app.web import credit_filters, disclosure
from app.web.access import public
from app.web.api_answers import answer
from app.web.api_parameters import after, filters, following, place, query, size
from app.web.country import is_japan
from app.web.credit_filters import Asked
from app.web.pages import local_time
from app.web.sessions import kept, now, reading, registry

blueprint = Blueprint("api", __name__)

_BY_IDENTIFIER: Final = {one.identifier: one for one in openapi.OPERATIONS}


def operation(identifier: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Serve an operation at its address; the view gets it, and what its address names."""
    found = _BY_IDENTIFIER[identifier]

    def serve(view: Callable[..., Any]) -> Callable[..., Any]:
        @public
        def answered(**named: str) -> Any:
            if found.place is None:
                return view(query(found))
            return view(place(found, named["named"]))

        path = ROOT + (found.path.partition("{")[0] + "<named>" if found.place else found.path)
        blueprint.add_url_rule(path, view.__name__, answered, methods=["GET"])
        return view

    return serve


@blueprint.get("/api/openapi.json")
@public
def description() -> Any:
    name = registry().name.en
    return answer(
        openapi.build(
            f"Open data of the {name}",
            kept(countries.names),
            request.script_root or "/",
            licence(is_japan=is_japan()),
        )
    )


@operation("searchCredits")
def search_credits(asked: dict[str, Any]) -> Any:
    session = reading()
    typed = {name: normalise(str(value)) for name, value in filters(asked).items()}
    wanted, refusals = credit_filters.understood(session, Asked(**typed))
    for refusal in refusals.values():
        raise refusal
    found = wanted.search
    rows = find(session, found, after=after(asked), size=size(asked) + 1)
    shown = rows[: size(asked)]
    demo = kept(accounts.demo)
    totals = credit_totals.totals(session, found)
    return answer(
        {
            "items": [open_data.credit(row, registry().code, demo) for row in shown],
            "totals": {kind.value: totals.get(kind, 0) for kind in Kind},
            "next": following(asked, rows, shown[-1].first if shown else None),
        },
        changed_at=open_data.head(session).completed_at,
    )


@operation("showBlock")
def show_block(serial: int) -> Any:
    session = reading()
    row, issuance = blocks.at(session, serial), issuances.of_serial(session, serial)
    if row is None or issuance is None:
        raise NotFound("serials")
    wanted = Range(serial, serial)
    return answer(
        {
            "serial": serial,
            "block": open_data.credit(row, registry().code, kept(accounts.demo)),
            "issued": {
                "transaction": transaction_number(registry().code, issuance.transaction_id),
                "day": _day(issuance.issued_at),
                "first": issuance.first,
                "last": issuance.last,
            },
            "movements": [_movement(one) for one in events(lives.life(session, wanted), wanted)],
        },
        changed_at=open_data.head(session).completed_at,
    )


def _numbers(place: Range) -> dict[str, Any]:
    """Return serial numbers as the registry counts that issued them."""
    origin, numbers = bands.printed(place, own=registry().code)
    return {"registry": origin, "first": numbers.first, "last": numbers.last}


def _movement(event: Any) -> dict[str, Any]:
    moved = event.movement
    return {
        "transaction": transaction_number(registry().code, moved.id),
        "day": _day(moved.at),
        "kind": moved.kind.value,
        "source_kind": moved.source.value if moved.source else None,
        "target_kind": event.target.value,
        "beneficiary": moved.beneficiary or None,
    }


@operation("searchProjects")
def search_projects(asked: dict[str, Any]) -> Any:
    session, given = reading(), _known(asked)
    wanted = projects.Search(
        words=normalise(given.get("q", "")),
        partner=given.get("partner"),
        stage=Stage(given["stage"]) if "stage" in given else None,
        methodology=given.get("methodology"),
        scope=given.get("scope"),
    )
    rows = projects.find(session, wanted, after=after(asked), size=size(asked) + 1)
    shown = rows[: size(asked)]
    details = projects.details(session, [row.id for row in shown])
    return answer(
        {
            "items": [open_data.project(row, details[row.id]) for row in shown],
            "next": following(asked, rows, shown[-1].reference if shown else None),
        }
    )


@operation("showProject")
def show_project(reference: str) -> Any:
    session = reading()
    row = projects.listed(session, reference)
    if row is None:
        raise NotFound("project")
    return answer(open_data.project(row, projects.details(session, [row.id])[row.id]))


@operation("searchMethodologies")
def search_methodologies(asked: dict[str, Any]) -> Any:
    given = _known(asked)
    wanted = methodologies.Search(
        words=normalise(given.get("q", "")),
        partner=given.get("partner"),
        scope=given.get("scope"),
    )
    rows = methodologies.find(reading(), wanted, after=after(asked), size=size(asked) + 1)
    shown = rows[: size(asked)]
    return answer(
        {
            "items": [open_data.methodology(one) for row in shown for one in row.versions],
            "next": following(asked, rows, shown[-1].reference if shown else None),
        }
    )


@operation("showMethodology")
def show_methodology(reference: str) -> Any:
    found = methodologies.by_reference(reading(), reference)
    if found is None:
        raise NotFound("methodology")
    return answer({"items": [open_data.methodology(one) for one in found.versions]})


@operation("listPartnerCountries")
def list_partner_countries(_asked: dict[str, Any]) -> Any:
    return answer({"items": list(open_data.every_partner(reading()))})


@operation("showPartnerCountry")
def show_partner_country(code: str) -> Any:
    found = partners.by_code(reading(), code)
    if found is None:
        raise NotFound("partner country")
    return answer(open_data.partner(found))


@operation("showTransaction")
def show_transaction(number: str) -> Any:
    session = reading()
    code = registry().code
    found = open_data.transaction(session, int(number[2:])) if number[:2] == code else None
    if found is None:
        raise NotFound("transaction")
    return answer(
        {
            "number": number,
            "kind": found.kind.value,
            "day": _day(found.decided_at),
            "quantity": found.quantity,
            "source_kind": found.source_kind.value if found.source_kind else None,
            "target_kind": found.target_kind.value,
            "ranges": [_numbers(one) for one in open_data.ranges(found)],
            "beneficiary": open_data.beneficiary(found),
            "position": found.position,
            "digest": found.digest.hex(),
        }
    )


def _known(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked; partner, methodology and scope must be such as the registry knows."""
    choices = credit_filters.choices()
    for name in ("partner", "methodology", "scope"):
        if name in asked and str(asked[name]) not in choices[name]:
            raise UnknownChoice(str(asked[name]), field=name)
    return asked


def _day(moment: datetime) -> date:
    return local_time(moment).date()


@operation("showDisclosure")
def show_disclosure(asked: dict[str, Any]) -> Any:
    day = asked.get("date", _day(now()))
    if day > _day(now()):
        raise PeriodNotOver(field="date")
    return answer(facts(disclosure.as_of(day)))
