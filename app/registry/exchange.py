"""Messages of other registries: checked, looked at in their order, and answered under signature.

A message is refused, and nothing changes, unless it is for this registry, signed under a key known
here, sent within some minutes, and the next in its order. One that was looked at before gets the
answer of then, if it was sent anew: the same bytes once more are a replay.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.domain import envelopes
from app.domain.envelopes import Content, Envelope, Reply
from app.domain.exchange import BYTES_MAX, SKEW_MAX, Answer, Code, Message, Side
from app.domain.exchange_errors import MessageRefused, MessageRejected
from app.registry import arrivals, crossings, outgoing, peer_issuances, reconciling, seals
from app.registry.letters import Desk, Letter
from app.store import accounts, peers
from app.store import crossings as questions
from app.store.databases import AnyRow


@dataclass(frozen=True, slots=True)
class Heard:
    """How a message was answered."""

    body: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a message: what its answer tells, and which crossing it was about."""

    content: Content
    crossing_id: int | None = None
    #: Writes what follows from the message, once that has its id.
    keep: Callable[[int], None] | None = None


_Listen = Callable[[Session, AnyRow, Content, Desk, datetime], _Done]


def hear(
    session: Session, raw: bytes, signature: bytes, desk: Desk, *, now: datetime
) -> tuple[Envelope, Heard]:
    """Look at a message of another registry and answer it.

    Raises:
        MessageRefused: it is not looked at; nothing changed.
    """
    connection = session.connection()
    envelope, peer = known(session, raw, signature, desk, now=now)
    if peer.is_suspended:
        raise MessageRefused(Code.SENDER_SUSPENDED)
    _lock(session, peer, envelope)
    peer = peers.by_id(connection, peer.id)
    if envelope.number <= peer.heard:
        return envelope, _again(session, peer, envelope)
    if envelope.number > peer.heard + 1:
        raise MessageRefused(Code.OUT_OF_SEQUENCE, peer.heard + 1, envelope.number)
    return envelope, _answered(session, peer, envelope, raw, signature, desk, now)


def known(
    session: Session, raw: bytes, signature: bytes, desk: Desk, *, now: datetime
) -> tuple[Envelope, AnyRow]:
    """Return a message with the registry that signed it just now; nothing is written or locked.

    Raises:
        MessageRefused: it is for another registry, or anybody may have sent it.
    """
    envelope = _read(raw)
    if envelope.receiver != desk.code:
        raise MessageRefused(Code.WRONG_ADDRESSEE)
    peer = peers.by_code(session.connection(), envelope.sender)
    if peer is None:
        raise MessageRefused(Code.UNKNOWN_REGISTRY)
    _check_key(session, peer, envelope.key, signature, raw)
    if abs(now - envelope.sent_at) > SKEW_MAX:
        raise MessageRefused(Code.CLOCK)
    return envelope, peer


def _read(raw: bytes) -> Envelope:
    if len(raw) > BYTES_MAX:
        raise MessageRefused(Code.TOO_LARGE)
    return envelopes.decode(raw)


def _check_key(session: Session, peer: AnyRow, name: str, signature: bytes, body: bytes) -> None:
    key = peers.key(session.connection(), peer.id, name)
    if key is None:
        raise MessageRefused(Code.UNKNOWN_KEY)
    if key.retired_at is not None:
        raise MessageRefused(Code.RETIRED_KEY)
    if not seals.fits(key.public, signature, body):
        raise MessageRefused(Code.BAD_SIGNATURE)


def _lock(session: Session, peer: AnyRow, envelope: Envelope) -> None:
    """Lock the account of the other registry, and with it the one here that is concerned."""
    connection, content = session.connection(), envelope.content
    number, target = content.get("crossing"), content.get("to")
    if envelope.kind is Message.PROPOSAL and isinstance(target, str):
        accounts.lock(connection, peer.account, target)
        return
    found = None
    if envelope.kind is Message.COMPLETION and isinstance(number, str):
        found = peers.crossing(connection, peer.id, Side.IN, number)
    accounts.lock_ids(connection, [peer.account_id, *([found.account_id] if found else [])])


def _again(session: Session, peer: AnyRow, envelope: Envelope) -> Heard:
    """Return the answer of then to a message that was looked at before."""
    known = peers.message(session.connection(), peer.id, Side.IN, envelope.number)
    assert known is not None, "it was looked at"
    if known.said != envelope.said:
        raise MessageRefused(Code.NUMBER_USED, number=envelope.number)
    if envelope.sent_at <= max(known.sent_at, peer.heard_at):
        raise MessageRefused(Code.REPLAYED, number=envelope.number)
    peers.heard_again(session.connection(), peer.id, envelope.sent_at)
    return Heard(known.reply, known.reply_signature)


def _answered(
    session: Session,
    peer: AnyRow,
    envelope: Envelope,
    raw: bytes,
    signature: bytes,
    desk: Desk,
    now: datetime,
) -> Heard:
    connection = session.connection()
    answer, code, done = Answer.DONE, "", _Done({})
    try:
        done = LISTENERS[envelope.kind](session, peer, envelope.content, desk, now)
    except MessageRejected as rejection:
        answer, code = Answer.REJECTED, rejection.reason
    heard = _signed(envelope, answer, code, done.content, desk, now)
    sent_at = max(envelope.sent_at, peer.heard_at or envelope.sent_at)
    peers.count_heard(connection, peer.id, envelope.number - 1, sent_at)
    message_id = peers.add_message(
        connection,
        {
            "peer_id": peer.id,
            "side": Side.IN,
            "number": envelope.number,
            "kind": envelope.kind,
            "crossing_id": done.crossing_id,
            "content": envelope.content,
            "said": envelope.said,
            "created_at": now,
            "envelope": raw,
            "signature": signature,
            "sent_at": envelope.sent_at,
            "answer": answer,
            "code": code or None,
            "reply": heard.body,
            "reply_signature": heard.signature,
            "answered_at": now,
        },
    )
    if done.keep is not None:
        done.keep(message_id)
    return heard


def _signed(
    envelope: Envelope | None,
    answer: Answer,
    code: str,
    content: Content,
    desk: Desk,
    now: datetime,
) -> Heard:
    """Return an answer to a message, if it could be read, under the signature of this registry."""
    reply = Reply(
        sender=desk.code,
        receiver=envelope.sender if envelope else "",
        number=envelope.number if envelope else 0,
        said=envelope.said.hex() if envelope else "",
        answered_at=now,
        key=desk.seal.name,
        answer=answer,
        code=code,
        content=content,
    )
    body = reply.encode()
    return Heard(body, desk.seal.sign(body))


def refused(refusal: MessageRefused, raw: bytes, desk: Desk, *, now: datetime) -> Heard:
    """Return the answer to a message that was not looked at, which says why."""
    try:
        envelope: Envelope | None = _read(raw)
    except MessageRefused:
        envelope = None
    content = {} if refusal.expected is None else {"expected": refusal.expected}
    return _signed(envelope, Answer.REFUSED, refusal.reason, content, desk, now)


# What is heard


def _proposal(session: Session, peer: AnyRow, content: Content, desk: Desk, now: datetime) -> _Done:
    return _Done({}, arrivals.propose(session.connection(), peer, content, desk, now=now))


def _completion(
    session: Session, peer: AnyRow, content: Content, desk: Desk, now: datetime
) -> _Done:
    return _Done({}, arrivals.complete(session.connection(), peer, content, desk, now=now))


def _cancellation(
    session: Session, peer: AnyRow, content: Content, _desk: Desk, now: datetime
) -> _Done:
    return _Done({}, arrivals.cancel(session.connection(), peer, content, now=now))


def _announcement(
    session: Session, peer: AnyRow, content: Content, desk: Desk, _now: datetime
) -> _Done:
    return _Done({}, keep=peer_issuances.hear(session.connection(), peer, content, desk.code))


def _compared(
    step: Callable[[Session, AnyRow, Content, Desk, datetime], Content],
) -> _Listen:
    """Listen to a step of a reconciliation."""
    return lambda *told: _Done(step(*told))


LISTENERS: Final[dict[Message, _Listen]] = {
    Message.PROPOSAL: _proposal,
    Message.COMPLETION: _completion,
    Message.CANCELLATION: _cancellation,
    Message.ANNOUNCEMENT: _announcement,
    Message.TOTALS: _compared(reconciling.totals),
    Message.RANGES: _compared(reconciling.ranges),
    Message.HISTORIES: _compared(reconciling.told_histories),
    Message.RESOLUTION: _compared(reconciling.resolution),
}


# What is answered to what was told


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer means for the courier."""

    code: str = ""
    #: The number that the other registry waits for, if it said so.
    expected: int | None = None
    #: Looked at and kept; otherwise the letter is sent again later.
    is_settled: bool = field(kw_only=True)


def answered(
    session: Session, letter: Letter, body: bytes, signature: bytes, desk: Desk, *, now: datetime
) -> Outcome:
    """Take the answer to a letter.

    Raises:
        MessageRefused: it is not an answer to this letter by the registry it went to.
    """
    connection = session.connection()
    peer = peers.by_id(connection, letter.peer_id)
    reply = envelopes.decode_reply(body)
    _check_key(session, peer, reply.key, signature, body)
    if (reply.sender, reply.receiver) != (peer.code, desk.code):
        raise MessageRefused(Code.WRONG_ADDRESSEE)
    if abs(now - reply.answered_at) > SKEW_MAX and reply.answer is Answer.REFUSED:
        raise MessageRefused(Code.CLOCK)
    message = peers.message(connection, peer.id, Side.OUT, letter.number)
    assert message is not None, "it was told"
    if (reply.number, reply.said) != (message.number, message.said.hex()):
        raise MessageRefused(Code.MALFORMED)
    if reply.answer is Answer.REFUSED:
        expected = reply.content.get("expected")
        is_number = isinstance(expected, int)
        return Outcome(reply.code, expected if is_number else None, is_settled=False)
    if message.answer is None:
        _settle(session, peer, letter, reply, (body, signature), desk, now)
    return Outcome(reply.code, is_settled=True)


def _settle(
    session: Session,
    peer: AnyRow,
    letter: Letter,
    reply: Reply,
    signed: tuple[bytes, bytes],
    desk: Desk,
    now: datetime,
) -> None:
    connection = session.connection()
    message = _locked(session, peer, letter.number)
    if message.answer is not None:
        return
    if message.crossing_id is not None:
        crossing = questions.by_id(connection, message.crossing_id)
        _tell_crossing(session, message.kind, crossing, reply, desk, now)
    elif message.kind in REPLIES:
        REPLIES[message.kind](session, message, reply, desk, now)
    envelope = envelopes.decode(letter.body)
    peers.answer_message(
        connection,
        message.id,
        {
            "envelope": letter.body,
            "signature": letter.signature,
            "sent_at": envelope.sent_at,
            "answer": reply.answer,
            "code": reply.code or None,
            "reply": signed[0],
            "reply_signature": signed[1],
            "answered_at": reply.answered_at,
        },
    )


def _locked(session: Session, peer: AnyRow, number: int) -> AnyRow:
    """Return a message that was told, with the accounts locked that its answer concerns.

    Two couriers may carry one letter; whoever comes second finds it answered.
    """
    connection = session.connection()
    message = peers.message(connection, peer.id, Side.OUT, number)
    assert message is not None, "it was told"
    if message.crossing_id is None:
        accounts.lock_ids(connection, [peer.account_id])
    else:
        crossing = questions.by_id(connection, message.crossing_id)
        accounts.lock_sides(connection, crossing.transaction_id)
    message = peers.message(connection, peer.id, Side.OUT, number)
    assert message is not None, "it was told"
    return message


def _tell_crossing(
    session: Session, kind: Message, crossing: AnyRow, reply: Reply, desk: Desk, now: datetime
) -> None:
    is_done = reply.answer is Answer.DONE
    if kind is Message.PROPOSAL and is_done:
        outgoing.accepted(session, crossing, desk, now=now)
    elif kind is Message.PROPOSAL:
        outgoing.rejected(session, crossing, reply.code, now=now)
    elif kind is Message.COMPLETION and is_done:
        crossings.confirmed(session.connection(), crossing.id, now)


#: Answers to messages that are about no crossing, by what the message was.
_Take = Callable[[Session, AnyRow, Reply, Desk, datetime], None]
REPLIES: Final[dict[Message, _Take]] = {
    Message.TOTALS: reconciling.totals_answered,
    Message.RANGES: reconciling.ranges_answered,
    Message.HISTORIES: reconciling.histories_answered,
}
