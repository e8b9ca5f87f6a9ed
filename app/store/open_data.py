"""Questions whose answers are published: rows by the columns that `domain.open_data` lists.

Nothing else of a row leaves here: no account number, no holder, no person, no reason.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from app.domain import bands
from app.domain import open_data as published
from app.domain.accounts import Holding, holding
from app.domain.ledger import Status
from app.domain.projects import Stage
from app.domain.serials import Range
from app.store import accounts, methodologies, partners, projects
from app.store import credits as credits_
from app.store.databases import AnyRow
from app.store.tables import (
    Account,
    Certificate,
    ChainHead,
    Transaction,
)

Record = dict[str, Any]

# Queries on an alias are built once, before threads use them.
_Source = aliased(Account)
_Target = aliased(Account)
_COMPLETED: Final = (
    select(
        Transaction.id,
        Transaction.kind,
        Transaction.quantity,
        Transaction.beneficiary,
        Transaction.decided_at,
        Transaction.position,
        Transaction.body,
        Transaction.digest,
        _Source.kind.label("source_kind"),
        _Target.kind.label("target_kind"),
        Certificate.number.label("certificate"),
    )
    .join(_Target, _Target.id == Transaction.target_id)
    .outerjoin(_Source, _Source.id == Transaction.source_id)
    .outerjoin(Certificate, Certificate.transaction_id == Transaction.id)
    .where(Transaction.id == bindparam("id"), Transaction.status == Status.COMPLETED)
)
_HEAD: Final = select(ChainHead.position, ChainHead.digest, ChainHead.completed_at)


def head(session: Session) -> AnyRow:
    """Return how far the ledger has come: position, digest and time of the last transaction."""
    return session.connection().execute(_HEAD).one()


# Credits


def credit(row: AnyRow, origin: str, demo: frozenset[int]) -> Record:
    """Return one live block, of the rows that the credit search gives."""
    numbers = Range(row.first, row.last)
    printed = bands.serial(numbers, row.partner, row.project, row.vintage, own=origin)
    return {
        "serial": str(printed),
        "first": printed.range.first,
        "last": printed.range.last,
        "quantity": row.last - row.first + 1,
        "project": row.project,
        "partner": row.partner,
        "vintage": row.vintage,
        "unit_class": row.unit_class.value,
        "kind": row.kind.value,
        "state": holding(row.kind).value,
        "is_demo": row.account_id in demo,
    }


def every_credit(session: Session, origin: str) -> Iterator[Record]:
    """Yield every live block ascending by serial, at constant memory."""
    demo = accounts.demo(session)
    for row in credits_.stream(session, credits_.Search()):
        yield credit(row, origin, demo)


# Projects, methodologies and partner countries


def project(row: AnyRow, details: projects.Details) -> Record:
    """Return one project, of the rows that `projects` lists."""
    named: dict[bool, list[str]] = {True: [], False: []}
    for one in details.participants:
        named[one.is_japanese].append(one.name)
    scopes = {one.sectoral_scope for one in details.methodologies} - {None}
    return {
        "reference": row.reference,
        "partner": row.partner,
        "title_en": row.title_en,
        "title_ja": row.title_ja,
        "stage": row.stage.value,
        "registered_on": row.registered_on,
        "methodologies": [f"{one.reference} Ver{one.version}" for one in details.methodologies],
        "sectoral_scopes": [str(scope) for scope in sorted(scopes)],
        "participants_japan": named[True],
        "participants_partner": named[False],
        "focal_points": [one.name for one in details.participants if one.is_focal_point],
        "expected_ktco2_per_year": row.expected_kilotonnes_per_year,
        **_amounts(row),
    }


def every_project(session: Session) -> Iterator[Record]:
    """Yield every project by reference."""
    for row, details in projects.stream(session, projects.Search()):
        yield project(row, details)


def methodology(row: AnyRow) -> Record:
    """Return one version of a methodology."""
    return {column.name: getattr(row, column.name) for column in published.record("methodologies")}


def every_methodology(session: Session) -> Iterator[Record]:
    """Yield every version of every methodology, by reference and version."""
    for row in methodologies.stream(session, methodologies.Search()):
        yield methodology(row)


def partner(row: AnyRow) -> Record:
    """Return one partner country, of the rows that `partners` gives."""
    return {
        "code": row.alpha2,
        "alpha3": row.alpha3,
        "name_en": row.name_en,
        "name_ja": row.name_ja,
        "bilateral_document_on": row.bilateral_document_on,
        "date_is_certain": row.date_is_certain,
        "note_en": row.note_en,
        "note_ja": row.note_ja,
        "projects": int(row.projects),
        **{f"projects_{stage.value}": int(getattr(row, stage.value)) for stage in Stage},
        "projects_with_credits": int(row.projects_with_credits),
        "methodologies": int(row.methodologies),
        "third_party_entities": int(row.entities),
        "rules": int(row.rules),
        **_amounts(row),
    }


def every_partner(session: Session) -> Iterator[Record]:
    """Yield every partner country in the order in which they joined."""
    yield from map(partner, partners.find(session))


def _amounts(row: AnyRow) -> Record:
    by_state = {f"{state.value}_tco2": int(getattr(row, state.value)) for state in Holding}
    return {"issued_tco2": int(row.tonnes), "acquired_tco2": int(row.acquired), **by_state}


# Transactions


def transaction(session: Session, identifier: int) -> AnyRow | None:
    """Return a transaction that has completed."""
    found: AnyRow | None = (
        session.connection().execute(_COMPLETED, {"id": identifier}).one_or_none()
    )
    return found


def ranges(row: AnyRow) -> list[Range]:
    """Return the serial numbers that a completed transaction moved, as they were sealed."""
    return [Range(first, last) for first, last in json.loads(row.body)["ranges"]]


def beneficiary(row: AnyRow) -> str | None:
    """Return whom a holder had named on the certificate of a retirement or a cancellation."""
    return (row.beneficiary or None) if row.certificate else None
