"""What pages say of transfers between registries: where to, how far, and what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, g
from sqlalchemy.orm import Session

from app.domain.accounts import AccountNumber
from app.domain.chain import Value
from app.domain.errors import Refusal
from app.domain.exchange import CODE_NAMES, PENDING, STATUS_NAMES, Code, Side, Status
from app.domain.nomenclature import NAMES, ActionType
from app.domain.serials import Range
from app.domain.text import Text
from app.registry import actions
from app.store import crossings, peers
from app.store.databases import AnyRow
from app.web.messages import sentence
from app.web.sessions import now, reading, registry

TONES: Final = {
    Status.PROPOSED: "yellow",
    Status.SENT: "blue",
    Status.ACCEPTED: "blue",
    Status.COMPLETED: "green",
    Status.CONFIRMED: "green",
    Status.REJECTED: "red",
    Status.CANCELLED: "red",
    Status.ENDED: "",
}


def register(app: Flask) -> None:
    """Give the macros that print crossings the official wording they print."""
    app.jinja_env.globals.update(
        crossing_names=STATUS_NAMES,
        crossing_codes=CODE_NAMES,
        crossing_tones=TONES,
        is_on_its_way=lambda status: status in PENDING,
        registry_of=name_of,
    )


def name_of(account: str) -> Text:
    """Return the name of the registry to which an account number belongs."""
    if "registry_names" not in g:
        g.registry_names = {
            peer.code: Text(peer.name_en, peer.name_ja) for peer in peers.everyone(reading())
        }
    code = account[:2]
    found: Text = g.registry_names.get(code, Text(code, code))
    return found


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a transfer to another registry would go, and what that would mean."""

    peer: AnyRow
    #: What follows under Article 6.2, where ITMOs are among the credits.
    actions: Sequence[Text] = ()
    #: What the rules of this registry would say to it at present.
    obstacle: str = ""

    @property
    def name(self) -> Text:
        """The name of the other registry."""
        return Text(self.peer.name_en, self.peer.name_ja)


def destination(session: Session, number: AccountNumber, ranges: Sequence[Range]) -> Destination:
    """Return where credits would go that leave for an account of another registry."""
    peer = peers.by_code(session.connection(), number.registry)
    assert peer is not None, "the transfer was looked at before"
    return meaning(session, peer, ranges)


def meaning(session: Session, peer: AnyRow, ranges: Sequence[Range]) -> Destination:
    """Work out what it would mean that credits leave for another registry now."""
    try:
        acts = actions.foreseen(
            session.connection(),
            ranges,
            party=registry().own_party,
            counterparty=peer.party,
            now=now(),
        )
    except Refusal as refusal:
        return Destination(peer, obstacle=sentence(refusal))
    kinds: set[ActionType] = {act.done.type for act in acts}
    return Destination(peer, [NAMES[kind] for kind in sorted(kinds)])


@dataclass(frozen=True, slots=True)
class Shown:
    """The crossing behind a transaction, as its page shows it."""

    row: AnyRow

    @property
    def name(self) -> Text:
        """The name of the other registry."""
        return Text(self.row.name_en, self.row.name_ja)

    @property
    def is_out(self) -> bool:
        """Whether the credits go out of this registry."""
        return bool(self.row.side is Side.OUT)

    @property
    def is_asked(self) -> bool:
        """Whether the other registry was asked and the credits are still on their way."""
        return self.row.status in PENDING

    @property
    def why(self) -> Text | None:
        """Why the other registry rejected it."""
        return CODE_NAMES[Code(self.row.code)] if self.row.code else None

    @property
    def times(self) -> list[tuple[Status, datetime]]:
        """When it was sent or heard of and when it ended, newest first."""
        begun = Status.SENT if self.is_out else Status.ACCEPTED
        ended = None if self.row.status is Status.ENDED else self.row.ended_at
        found = [(self.row.status, ended), (begun, self.row.sent_at)]
        return [(status, at) for status, at in found if at is not None]


def of(session: Session, row: AnyRow) -> Shown | None:
    """Return the crossing of a transaction, if it has one."""
    found = crossings.of_transaction(session.connection(), row.kind, row.id)
    return None if found is None else Shown(found)


def signed(session: Session, row: AnyRow) -> dict[str, Value]:
    """Return what the signature of an approval covers of the account in another registry."""
    found = of(session, row)
    if found is None or not found.is_out:
        return {}
    return {"registry": found.row.peer_code, "account_there": found.row.their_account}
