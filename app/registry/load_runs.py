"""One run of the starting data: in whose names it writes, by which clocks, and its steps."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo

from sqlalchemy.orm import Session

from app.domain.actions import Party
from app.domain.ledger import Status
from app.domain.roles import Role
from app.domain.text import Text
from app.registry import approvals, people
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.registry.vaults import Vault
from app.store import accounts as account_questions
from app.store import people as people_questions


@dataclass(frozen=True, slots=True)
class SignIn:
    """How a demo person made by this run signs in; the password is kept nowhere else."""

    login_id: str
    password: str = field(repr=False)
    name: Text


@dataclass(frozen=True, slots=True)
class Step:
    """What one line of a file asks for, on its day."""

    day: date
    take: Callable[[], None]


@dataclass(slots=True)
class Run:
    """Where a run writes, who acts in it, and the sign-ins it made.

    Args:
        registry: the code of the registry.
        zone: where the days of its files are days.
    """

    session: Session
    registry: str
    zone: tzinfo
    operator: int
    approver: int
    party: Party
    sign_ins: list[SignIn] = field(default_factory=list)

    def recorded(self, day: date) -> datetime:
        """Return when what has a day is recorded."""
        return datetime.combine(day, time(9), tzinfo=self.zone)

    def proposed(self, day: date) -> datetime:
        """Return when a movement of that day is proposed."""
        return datetime.combine(day, time(10), tzinfo=self.zone)

    def approved(self, day: date) -> datetime:
        """Return when it is approved, the last that a day sees."""
        return datetime.combine(day, time(15), tzinfo=self.zone)

    def number(self, holder: str) -> str:
        """Return the number of a holder's first account, the one its credits go to."""
        return account_questions.of_holder(self.session, holder)[0].number

    def user(self, login_id: str) -> int:
        """Return the id of a person whom this run or an earlier one made."""
        user = people_questions.by_login_id(self.session, login_id)
        assert user is not None, login_id
        return user.id

    def setting(self) -> Setting:
        """Return where it acts; nothing is sealed in it, so it has no vault of the registry."""
        return Setting(self.registry, Vault(secrets.token_hex()), Origin(None, "command line"))

    def approve(self, identifier: int, *, actor: int, now: datetime) -> None:
        """Approve a movement, which completes it."""
        ended = approvals.approve(self.session, identifier, actor=actor, now=now, party=self.party)
        if ended.refusal is not None:
            raise ended.refusal
        assert ended.status is Status.COMPLETED, ended.status


def begin(session: Session, registry: str, zone: tzinfo, party: Party, now: datetime) -> Run:
    """Make the two persons in whose names the facts are loaded; nobody can sign in as them."""
    actors = {}
    for role, word in ((Role.OPERATOR, "担当者"), (Role.APPROVER, "承認者")):
        login_id = f"starting-data-{role}"
        user = people_questions.by_login_id(session, login_id) or people.create(
            session,
            login_id,
            name_en=f"Starting data ({role})",
            name_ja=f"初期データ（{word}）",
            role=role,
            actor=None,
            now=now,
        )
        actors[role] = user.id
    operator, approver = actors[Role.OPERATOR], actors[Role.APPROVER]
    return Run(session, registry, zone, operator, approver, party)
