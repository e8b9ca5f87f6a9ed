"""Questions about applications: one, its timeline and checklist, lists of them, and who waits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.domain.applications import OPENING, WAITING, Event, Status
from app.store import turning
from app.store.databases import AnyRow
from app.store.tables import (
    Account,
    Application,
    Attachment,
    Claim,
    Holder,
    HolderRecord,
    Mark,
    Step,
    User,
)

_Claimant = aliased(User, name="claimant")

_SHOWN_MAX = 10


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of applications is about; what is not given does not matter.

    Args:
        concerning: only those about one of `accounts` that were submitted, and this person's own,
            unless they are about another account: whoever lost the right on it lost them.
        started_by: only those begun by this person, besides what else is asked.
        is_known: only what administrators may know of: submitted, or entered from paper.
        claimed_by: the id of the one whose task it is; 0 for nobody's.
    """

    form: int | None = None
    status: Status | None = None
    is_waiting: bool = False
    account_id: int | None = None
    concerning: int | None = None
    accounts: Sequence[int] = ()
    started_by: int | None = None
    is_known: bool = False
    claimed_by: int | None = None
    since: datetime | None = None
    until: datetime | None = None


_CLAIMED_BY = (
    select(Claim.user_id)
    .where(Claim.application_id == Application.id)
    .order_by(Claim.id.desc())
    .limit(1)
    .scalar_subquery()
)
_SHOWN: Select[*tuple[Any, ...]] = (
    select(
        Application.id,
        Application.form,
        Application.version,
        Application.applicant,
        Application.status,
        Application.account_id,
        Application.email,
        Application.is_paper,
        Application.started_by,
        Application.started_at,
        Application.saved_at,
        Application.submitted_at,
        Application.due_at,
        Account.number.label("account"),
        User.name_en,
        User.name_ja,
        _Claimant.id.label("claimant"),
        _Claimant.name_en.label("claimant_en"),
        _Claimant.name_ja.label("claimant_ja"),
    )
    .outerjoin(Account, Account.id == Application.account_id)
    .outerjoin(User, User.id == Application.started_by)
    .outerjoin(_Claimant, _Claimant.id == _CLAIMED_BY)
)


def find(
    session: Session,
    wanted: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Sequence[AnyRow]:
    """Return applications newest first with names: below `before`, or the last above `after`."""
    query = _SHOWN.where(*_conditions(wanted))
    return turning.newest_first(
        session, query, Application.id, before=before, after=after, size=size
    )


def count(session: Session, wanted: Filter, *, cap: int = 1_000) -> int:
    """Return how many there are, at most `cap` + 1."""
    capped = select(Application.id).where(*_conditions(wanted)).limit(cap + 1).subquery()
    return session.execute(select(func.count()).select_from(capped)).scalar_one()


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = (
        (wanted.form, Application.form == wanted.form),
        (wanted.status, Application.status == wanted.status),
        (wanted.account_id, Application.account_id == wanted.account_id),
        (wanted.started_by, Application.started_by == wanted.started_by),
    )
    found = [condition for asked, condition in conditions if asked is not None]
    if wanted.is_waiting:
        found.append(Application.status.in_(WAITING))
    if wanted.claimed_by is not None:
        claimant = _CLAIMED_BY
        found.append(claimant == wanted.claimed_by if wanted.claimed_by else claimant.is_(None))
    if wanted.since is not None:
        found.append(Application.submitted_at >= wanted.since)
    if wanted.until is not None:
        found.append(Application.submitted_at < wanted.until)
    submitted = Application.submitted_at.is_not(None)
    if wanted.is_known:
        found.append(or_(submitted, Application.is_paper))
    if wanted.concerning is not None:
        about = Application.account_id.in_(wanted.accounts)
        # Of what one began for an account one learns no more when the right on it is gone.
        own = Application.account_id.is_(None) | about | (Application.form == OPENING)
        begun = (Application.started_by == wanted.concerning) & own
        found.append(or_(begun, about & submitted))
    return found


def by_id(session: Session, application_id: int) -> Application | None:
    """Return an application as it stands."""
    return session.get(Application, application_id)


def by_key(session: Session, started_by: int, key: str) -> Application | None:
    """Return the application that somebody began with a key."""
    query = select(Application).where(Application.started_by == started_by, Application.key == key)
    return session.scalars(query).one_or_none()


def visitors(session: Session, key: str) -> Application | None:
    """Return the application that a visitor without a login began with a key."""
    query = select(Application).where(Application.started_by.is_(None), Application.key == key)
    return session.scalars(query).one_or_none()


def locked(session: Session, application_id: int) -> Application | None:
    """Return an application as it stands, for the one who is about to change it."""
    query = select(Application).where(Application.id == application_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def untouched(session: Session, since: datetime) -> Sequence[Application]:
    """Return the drafts, locked, that were last saved before a moment."""
    query = select(Application).where(
        Application.status == Status.DRAFT, Application.saved_at < since
    )
    query = query.order_by(Application.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def waiting_about(session: Session, account_id: int) -> Sequence[Application]:
    """Return the applications about an account that wait for somebody, oldest first."""
    query = select(Application).where(
        Application.account_id == account_id, Application.status.in_(WAITING)
    )
    return session.scalars(query.order_by(Application.id)).all()


def drafts_of(session: Session, user_id: int) -> int:
    """Return how many drafts a person has."""
    query = select(func.count()).select_from(Application)
    query = query.where(Application.started_by == user_id, Application.status == Status.DRAFT)
    return session.execute(query).scalar_one()


def steps(session: Session, application_id: int) -> Sequence[AnyRow]:
    """Return what happened to an application, oldest first, with names and roles of the persons."""
    query = (
        select(
            Step.id,
            Step.event,
            Step.at,
            Step.comment,
            Step.facts,
            Step.user_id,
            User.name_en,
            User.name_ja,
            User.role,
        )
        .outerjoin(User, User.id == Step.user_id)
        .where(Step.application_id == application_id)
        .order_by(Step.id)
    )
    return session.execute(query).all()


def marks(session: Session, application_id: int) -> dict[str, Mark]:
    """Return the examiner's ticks, by checklist item."""
    query = select(Mark).where(Mark.application_id == application_id)
    return {one.item: one for one in session.scalars(query)}


def took_part(
    session: Session, application_id: int, user_id: int, events: Collection[Event]
) -> bool:
    """Tell whether somebody ticked off an item of the checklist, or did one of the events."""
    ticked = exists().where(Mark.application_id == application_id, Mark.user_id == user_id)
    did = exists().where(
        Step.application_id == application_id, Step.user_id == user_id, Step.event.in_(events)
    )
    return bool(session.execute(select(or_(ticked, did))).scalar_one())


def claimant(session: Session, application_id: int) -> int | None:
    """Return whose task an application is."""
    query = (
        select(Claim.user_id)
        .where(Claim.application_id == application_id)
        .order_by(Claim.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def attachments(session: Session, application_id: int) -> Sequence[Attachment]:
    """Return the files of an application that were not removed, in the order they came."""
    query = select(Attachment).where(
        Attachment.application_id == application_id, Attachment.removed_at.is_(None)
    )
    return session.scalars(query.order_by(Attachment.id)).all()


def sizes(session: Session, application_id: int) -> dict[str, int]:
    """Return how large every file is that ever came with an application, by its SHA-256."""
    query = select(Attachment.sha256, Attachment.size)
    rows = session.execute(query.where(Attachment.application_id == application_id))
    return {row.sha256.hex(): row.size for row in rows}


def document_changes(session: Session, application_id: int) -> dict[str, datetime]:
    """Return when a file was last attached or removed, by document."""
    found: dict[str, datetime] = {}
    query = select(Attachment.document, Attachment.at, Attachment.removed_at)
    for row in session.execute(query.where(Attachment.application_id == application_id)):
        last = max(row.at, row.removed_at or row.at)
        found[row.document] = max(last, found.get(row.document, last))
    return found


def record(session: Session, holder_id: int) -> HolderRecord | None:
    """Return what is recorded of a holder, or None when only its names are."""
    query = (
        select(HolderRecord)
        .where(HolderRecord.holder_id == holder_id)
        .order_by(HolderRecord.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def records(session: Session, holder_id: int) -> Sequence[HolderRecord]:
    """Return all that was ever recorded of a holder, newest first."""
    query = select(HolderRecord).where(HolderRecord.holder_id == holder_id)
    return session.scalars(query.order_by(HolderRecord.id.desc())).all()


def holder_of(session: Session, account_id: int) -> Holder:
    """Return the holder of an account."""
    return session.get_one(Account, account_id).holder


def namesakes(session: Session, answered: Mapping[str, str]) -> Sequence[AnyRow]:
    """Return holders that may be the one of a form: names, account, whether the number is the same.

    Args:
        answered: the answers of the form's section on the holder.
    """
    same = Holder.id.in_(select(HolderRecord.holder_id).where(_same_number(HolderRecord, answered)))
    names = [answered.get(key, "") for key in ("name_en", "person_en")]
    named = func.lower(Holder.name_en).in_([name.lower() for name in names if name])
    query = (
        select(
            Holder.name_en,
            Holder.name_ja,
            Account.id.label("account_id"),
            Account.number.label("account"),
            same.label("is_same"),
        )
        .outerjoin(Account, Account.holder_id == Holder.id)
        .where(or_(same, named))
        .order_by(Holder.id, Account.id)
        .limit(_SHOWN_MAX)
    )
    return session.execute(query).all()


def same_number(session: Session, answered: Mapping[str, str], *, but: int) -> Sequence[int]:
    """Return the other openings that wait and name a holder of the same number."""
    query = select(Application.id).where(
        Application.form == OPENING,
        Application.status.in_(WAITING),
        Application.id != but,
        _same_number(Application, answered),
    )
    return session.scalars(query.order_by(Application.id).limit(_SHOWN_MAX)).all()


def _same_number(table: Any, answered: Mapping[str, str]) -> ColumnElement[bool]:
    """Return that the answers of a row have the corporate number, or that of another country."""
    recorded = table.answers
    numbers = ("corporate_number",), ("country", "registration_number")
    return or_(
        false(),
        *(
            and_(*(recorded[("holder", key)].as_string() == answered[key] for key in together))
            for together in numbers
            if all(answered.get(key) for key in together)
        ),
    )
