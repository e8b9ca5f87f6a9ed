"""Load what app/data says of Article 6.2: cooperative approaches, and what was authorized.

The codes of approaches and the identifiers of authorizations are stand-ins where the real ones are
not public. Loaded once, they stay as people may have corrected them.
"""

from datetime import date, datetime

from app.domain.authorization_elements import Elements
from app.domain.nomenclature import Purpose
from app.domain.text import Text
from app.registry import approaches, authorization_decisions, authorizations
from app.registry.approaches import Facts
from app.registry.authorizations import Named
from app.registry.load_runs import Run
from app.registry.published import Line, concerning, day_of, rows, several, whole, yes
from app.store import authorizations as questions


def load(run: Run, *, now: datetime) -> None:
    """Record the approaches, and the authorizations of this registry's Party up to `now`."""
    for line in concerning(run.registry, "approaches"):
        note = Text(line["note_en"], line["note_ja"]) if line["note_en"] else None
        approaches.record(
            run.session,
            Facts(line["code"], yes(line["code_is_official"]), day_of(line["initial_report_on"])),
            partner=line["partner"],
            name=Text(line["name_en"], line["name_ja"]),
            note=note,
            actor=run.operator,
        )
    for line in rows("authorizations", run.registry):
        if run.approved(date.fromisoformat(line["authorized_on"])) <= now:
            _authorize(run, line)


def _authorize(run: Run, line: Line) -> None:
    session = run.session
    if questions.by_identifier(session, line["identifier"]) is not None:
        return
    day = date.fromisoformat(line["authorized_on"])
    named = Named(line["identifier"], line["approach"], yes(line["identifier_is_official"]))
    made = authorizations.enter(
        session,
        named,
        elements(line),
        key=f"load:{line['identifier']}",
        actor=run.operator,
        now=run.proposed(day),
    )
    found = questions.version(session, made.id)
    assert found is not None, "it was entered"
    authorization_decisions.approve(
        session,
        made.id,
        seen=authorizations.fingerprint(session, found),
        party=run.party,
        actor=run.approver,
        now=run.approved(day),
    )


def elements(line: Line) -> Elements:
    """Return what a line of authorizations.csv says."""
    return Elements(
        authorized_on=date.fromisoformat(line["authorized_on"]),
        effective_on=date.fromisoformat(line["effective_on"]),
        purpose=Purpose(line["purpose"]),
        sectors=tuple(several(line["sectors"])),
        oimp=line["oimp"] or None,
        rules=line["rules"],
        terms=line["terms"],
        party_registry=line["party_registry"],
        underlying_registry=line["underlying_registry"],
        vintage_first=whole(line["vintage_first"]),
        vintage_last=whole(line["vintage_last"]),
        note=line["note"],
    )
