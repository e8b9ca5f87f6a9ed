"""The holders of a registry and what was issued to them, from its own files."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Final

from app.domain.accounts import Kind as AccountKind
from app.domain.projects import UnitClass
from app.registry import accounts, decisions, transactions
from app.registry.accounts import Loading
from app.registry.decisions import Published, Share
from app.registry.load_runs import Run, Step
from app.registry.published import Line, country, day_of, rows, shares, whole, yes
from app.store import accounts as account_questions
from app.store import decisions as decision_questions

#: The government's own account and the registry's three final ones, opened together.
GOVERNMENT_KINDS: Final = (
    AccountKind.GOVERNMENT,
    AccountKind.RETIREMENT,
    AccountKind.MANDATORY_CANCELLATION,
    AccountKind.VOLUNTARY_CANCELLATION,
)


def holders(run: Run, *, demo: bool, now: datetime) -> Iterator[Step]:
    """Yield the opening of the accounts of every holder.

    Of a registry without a file of holders nothing is known but that it is its government's.
    """
    lines = rows("holders", run.registry) or [_government(run, now)]
    for line in lines:
        if demo or not yes(line["is_demo"]):
            yield Step(date.fromisoformat(line["opened_on"]), partial(_open, run, line))


def _government(run: Run, now: datetime) -> dict[str, str]:
    name = country(run.registry)
    return {
        "reference": "government",
        "kind": "government",
        "name_en": f"Government of {name.en}",
        "name_ja": f"{name.ja}政府",
        "country": run.registry,
        "head_office_en": "",
        "head_office_ja": "",
        "is_demo": "no",
        "opened_on": str(_opening_day(run, now)),
    }


def _opening_day(run: Run, now: datetime) -> date:
    """Return the latest day all of whose steps can be taken by now."""
    today = now.astimezone(run.zone).date()
    return today if run.approved(today) <= now else date.fromordinal(today.toordinal() - 1)


def _open(run: Run, line: Line) -> None:
    """Record a holder and open its accounts, unless it has them."""
    session, actor = run.session, run.operator
    if account_questions.of_holder(session, line["reference"]):
        return
    now = run.recorded(date.fromisoformat(line["opened_on"]))
    holder = accounts.record_holder(
        session,
        line["reference"],
        name_en=line["name_en"],
        name_ja=line["name_ja"] or None,
        country=line["country"] or None,
        head_office_en=line["head_office_en"] or None,
        head_office_ja=line["head_office_ja"] or None,
        is_demo=yes(line["is_demo"]),
        actor=actor,
        now=now,
    )
    kinds = GOVERNMENT_KINDS if line["kind"] == "government" else (AccountKind.ENTITY,)
    for kind in kinds:
        accounts.open_account(
            session, run.registry, kind, holder, because=Loading(), actor=actor, now=now
        )


def issuances(run: Run) -> Iterator[Step]:
    """Yield what each decision of a Joint Committee gave this side."""
    for line in rows("issuances", run.registry):
        day = date.fromisoformat(line["issued_on"] or line["decided_on"])
        yield Step(day, partial(_issue, run, line, day))


def _issue(run: Run, line: Line, day: date) -> None:
    """Record a decision of a Joint Committee and issue what it allots, each share by itself."""
    session = run.session
    allotted = shares(line, run.registry)
    decision = decisions.record(
        session,
        line["reference"],
        project=line["project"],
        decided_on=date.fromisoformat(line["decided_on"]),
        monitoring_from=day_of(line["monitoring_from"]),
        monitoring_to=day_of(line["monitoring_to"]),
        total=whole(line["total"]),
        unit_class=UnitClass(line["unit_class"]),
        shares=[
            Share(run.number(holder), int(line["vintage"]), tonnes) for holder, tonnes in allotted
        ],
        published=_published(line),
        actor=run.operator,
        now=run.recorded(day),
    )
    allocations = decision_questions.allocations(session, decision.id)
    for (holder, tonnes), allocation in zip(allotted, allocations, strict=True):
        identifier = transactions.propose_issuance(
            session,
            allocation.id,
            tonnes,
            key=f"load:{line['reference']}:{holder}",
            actor=run.operator,
            now=run.proposed(day),
        )
        run.approve(identifier, actor=run.approver, now=run.approved(day))


def _published(line: Line) -> Published:
    return Published(
        allocation=yes(line["allocation_is_public"]),
        date=yes(line["date_is_public"]),
        vintage=yes(line["vintage_is_public"]),
        complete=yes(line["is_complete"]),
        note_en=line["note_en"] or None,
        note_ja=line["note_ja"] or None,
    )
