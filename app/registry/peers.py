"""Verbs on other registries: connect one, change its keys, suspend and resume the exchange.

They are the operator's of the machine, given on the command line: who exchanges with whom is agreed
between governments, and keys are compared by other means than this software.
"""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app.domain import bands
from app.domain.accounts import AccountNumber, Kind, State
from app.domain.errors import AlreadyDone, NotFound, Required
from app.domain.exchange_errors import (
    AddressWithoutTls,
    MalformedAddress,
    MalformedKey,
    OwnRegistry,
)
from app.domain.text import normalise
from app.registry import logs, seals
from app.store import peers
from app.store.databases import AnyRow
from app.store.tables import Account, Holder, Peer, PeerKey, User

#: On one machine letters may go without TLS.
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
#: Of an address only scheme, host, port and path can be used: no name, no query, no part of it.
_STRANGE: Final = frozenset(" @?#")


def connect(
    session: Session,
    own: str,
    code: str,
    *,
    party: str,
    name_en: str,
    name_ja: str,
    url: str,
    key: str,
    now: datetime,
) -> Peer:
    """Begin to exchange with another registry.

    It gets an account, for what is known here and lies there, and a name under which its transfers
    stand in the ledger; nobody signs in with that.

    Args:
        own: the code of this registry.
        url: where it is, over TLS unless that is on this machine.
        key: its public key, 32 bytes in hexadecimal digits.

    Raises:
        Required, OwnRegistry, AlreadyDone: at the field "code".
        MalformedAddress, AddressWithoutTls, MalformedKey: at the field "url" or "key".
    """
    if not bands.CODE.fullmatch(code) or not normalise(name_en) or not url:
        raise Required(field="code")
    if code == own:
        raise OwnRegistry(field="code")
    if peers.by_code(session.connection(), code) is not None:
        raise AlreadyDone(field="code")
    address, public = _address(url), _public(key)
    account, user = _stands_for(session, own, code, name_en, name_ja, now)
    peer = Peer(
        code=code,
        party=party,
        name_en=name_en,
        name_ja=name_ja,
        url=address,
        account_id=account.id,
        user_id=user.id,
        created_at=now,
    )
    session.add(peer)
    session.flush()
    session.add(PeerKey(peer_id=peer.id, key=seals.name(public), public=public, added_at=now))
    session.flush()
    logs.done(session, "connect registry", code, actor=None, now=now, url=address, key=key)
    return peer


def _stands_for(
    session: Session, own: str, code: str, name_en: str, name_ja: str, now: datetime
) -> tuple[Account, User]:
    """Make the account of what lies in another registry, and who acts for it here."""
    holder = Holder(
        reference=f"registry-{code.lower()}", name_en=name_en, name_ja=name_ja, country=code
    )
    user = User(
        login_id=f"registry-{code.lower()}", name_en=name_en, name_ja=name_ja, created_at=now
    )
    session.add_all([holder, user])
    session.flush()
    account = Account(
        number="", kind=Kind.EXTERNAL, state=State.OPEN, holder_id=holder.id, opened_at=now
    )
    session.add(account)
    session.flush()
    account.number = str(AccountNumber(own, Kind.EXTERNAL, account.id))
    session.flush()
    return account, user


def add_key(session: Session, code: str, key: str, *, now: datetime) -> None:
    """Take another public key of a registry, beside those it has.

    Raises:
        NotFound: nothing is exchanged with such a registry.
        MalformedKey, AlreadyDone: at the field "key".
    """
    peer, public = _known(session, code), _public(key)
    if peers.key(session.connection(), peer.id, seals.name(public)) is not None:
        raise AlreadyDone(field="key")
    session.add(PeerKey(peer_id=peer.id, key=seals.name(public), public=public, added_at=now))
    session.flush()
    logs.done(session, "add registry key", code, actor=None, now=now, key=key)


def retire_key(session: Session, code: str, name: str, *, now: datetime) -> None:
    """Accept nothing more that is signed under a key; what was accepted stays."""
    peer = _known(session, code)
    found = next((one for one in peers.keys(session, peer.id) if one.key == name), None)
    if found is None:
        raise NotFound("key")
    if found.retired_at is not None:
        raise AlreadyDone(field="key")
    found.retired_at = now
    session.flush()
    logs.done(session, "retire registry key", code, actor=None, now=now, key=name)


def suspend(session: Session, code: str, *, reason: str, now: datetime) -> None:
    """Exchange nothing with a registry until it is resumed; what was promised waits."""
    _set(session, code, is_suspended=True, reason=reason, now=now)


def resume(session: Session, code: str, *, reason: str, now: datetime) -> None:
    """Exchange with a registry again."""
    _set(session, code, is_suspended=False, reason=reason, now=now)


def move(session: Session, code: str, url: str, *, now: datetime) -> None:
    """Send messages to a registry to another address.

    Raises:
        NotFound: nothing is exchanged with such a registry.
        MalformedAddress, AddressWithoutTls: at the field "url".
    """
    peer, address = session.get_one(Peer, _known(session, code).id), _address(url)
    peer.url = address
    session.flush()
    logs.done(session, "move registry", code, actor=None, now=now, url=address)


def skip(session: Session, code: str, told: int, *, reason: str, now: datetime) -> None:
    """Number messages to a registry from after one that it heard and this one lost since.

    Raises:
        AlreadyDone: as many were told already; at the field "told".
    """
    peer = session.get_one(Peer, _known(session, code).id)
    if told <= peer.told:
        raise AlreadyDone(field="told")
    before, peer.told = peer.told, told
    session.flush()
    facts = {"before": str(before), "told": str(told), "reason": normalise(reason)}
    logs.done(session, "skip registry numbers", code, actor=None, now=now, **facts)


def is_here(url: str) -> bool:
    """Tell whether an address is one without TLS on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in _HERE


def _address(url: str) -> str:
    """Return an address to which letters may go: over TLS, unless it is on this machine."""
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise MalformedAddress(url, field="url") from None
    if not is_address or not url.isprintable() or _STRANGE & set(url):
        raise MalformedAddress(url, field="url")
    if parts.scheme != "https" and not is_here(url):
        raise AddressWithoutTls(url, field="url")
    return url.rstrip("/")


def _set(session: Session, code: str, *, is_suspended: bool, reason: str, now: datetime) -> None:
    peer = session.get_one(Peer, _known(session, code).id)
    if peer.is_suspended == is_suspended:
        raise AlreadyDone(field="code")
    peer.is_suspended = is_suspended
    session.flush()
    operation = "suspend registry" if is_suspended else "resume registry"
    logs.done(session, operation, code, actor=None, now=now, reason=normalise(reason))


def _known(session: Session, code: str) -> AnyRow:
    found = peers.by_code(session.connection(), code)
    if found is None:
        raise NotFound("registry")
    return found


def _public(key: str) -> bytes:
    try:
        public = bytes.fromhex(key)
    except ValueError:
        public = b""
    if len(public) != seals.KEY_BYTES:
        raise MalformedKey(field="key")
    return public
