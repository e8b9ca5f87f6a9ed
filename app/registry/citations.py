"""Verbs on the legal basis: bring the recorded citations in line with what is known now."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.citations import Citation, Subject, overlapping
from app.domain.roles import Duty
from app.domain.text import Text
from app.registry import people
from app.registry.published import day_of, rows, yes
from app.store.tables import Citation as Recorded


def load(session: Session, registry: str, *, actor: int) -> None:
    """Record what app/data says of a registry's law; running it again changes nothing."""
    record(session, shipped(registry), actor=actor)


def record(session: Session, citations: Sequence[Citation], *, actor: int) -> None:
    """Make these the recorded citations: new ones are added, changed ones changed, others removed.

    None may hold for the same subject on the same day as another.
    """
    people.require(session, actor, Duty.RECORD_DECISIONS)
    assert not overlapping(citations), overlapping(citations)
    positions = {subject: position for position, subject in enumerate(Subject, start=1)}
    known = {(one.subject, one.effective_from): one for one in session.scalars(select(Recorded))}
    for given in citations:
        row = known.pop((given.subject, given.effective_from), None) or Recorded(
            subject=given.subject, effective_from=given.effective_from
        )
        row.position = positions[given.subject]
        row.title_en, row.title_ja = given.title.en, given.title.ja
        row.provision_en, row.provision_ja = given.provision.en, given.provision.ja
        row.is_established = given.is_established
        row.effective_until = given.effective_until
        row.source = given.source
        session.add(row)
    session.execute(delete(Recorded).where(Recorded.id.in_([one.id for one in known.values()])))
    session.flush()


def shipped(registry: str) -> list[Citation]:
    """Return what app/data says of the law on which a registry stands; nothing if none is known."""
    return [
        Citation(
            subject=Subject(line["subject"]),
            title=Text(line["title_en"], line["title_ja"]),
            provision=Text(line["provision_en"], line["provision_ja"]),
            is_established=yes(line["is_established"]),
            effective_from=date.fromisoformat(line["effective_from"]),
            effective_until=day_of(line["effective_until"]),
            source=line["source"],
        )
        for line in rows("citations", registry)
    ]
