"""The steps of a reconciliation between two registries, as messages and answers bring them.

Sums first; where they differ, ranges of those kinds of credits, told as of one moment again; then
how the blocks that differ got where they are. Everything runs with the account of the other
registry locked, and in the order of the messages: a side counts what the other has completed as
far as it has heard of it, and what it has itself completed as far as the other one has.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from app.domain import bands, chain, reconciliation, serials
from app.domain.envelopes import Content, Reply
from app.domain.errors import NumberTooLarge
from app.domain.exchange import Answer, Code, Message
from app.domain.exchange_errors import MessageRejected
from app.domain.reconciliation import AHEAD_MAX, UNRESOLVED, Books, Gap, Stage
from app.domain.serials import Range
from app.registry import bars, letters, logs
from app.registry.letters import Desk
from app.store import accounts, blocks, histories, peers, reconciliations
from app.store.databases import AnyRow
from app.store.tables import Difference, Reconciliation

_TOTALS: Final = {"run", "snapshot_at", "heard", "sent", "received"}
_RANGES: Final = {"run", "snapshot_at", "heard", "is_last", "blocks"}
_HISTORIES: Final = {"run", "snapshot_at", "blocks"}
_RESOLUTION: Final = {"run", "snapshot_at"}


# What is heard


def totals(session: Session, peer: AnyRow, content: Content, desk: Desk, now: datetime) -> Content:
    """Hold the sums of another registry against our own, and tell ours.

    Raises:
        MessageRejected: the run, its snapshot (DES 6201, 6204) or a sum is malformed.
    """
    _check_fields(content, _TOTALS)
    number = reconciliation.check_number(content["run"], peer.code)
    snapshot_at = _moment(content["snapshot_at"])
    begun = reconciliations.begun(session.connection(), peer)
    if snapshot_at is None or not begun <= snapshot_at <= now + AHEAD_MAX:
        raise MessageRejected(Code.SNAPSHOT_IMPOSSIBLE)
    if reconciliations.by_number(session, number) is not None:
        raise MessageRejected(Code.NUMBER_USED, number)
    theirs = reconciliation.heard(content)
    ours = reconciliation.summed(_books(session, peer, desk, content))
    run = Reconciliation(
        number=number,
        peer_id=peer.id,
        stage=Stage.TOTALS_INCONSISTENT,
        is_ours=False,
        snapshot_at=snapshot_at,
        started_at=now,
        ours=reconciliation.told(ours),
        theirs=reconciliation.told(theirs),
    )
    session.add(run)
    session.flush()
    if not reconciliation.differing(ours, theirs):
        _confirm(session, run, now)
    return reconciliation.told(ours)


def ranges(session: Session, peer: AnyRow, content: Content, desk: Desk, now: datetime) -> Content:
    """Hold ranges of another registry against our own, bar what differs, and tell it.

    Raises:
        MessageRejected: there is no such run, or not in this status (DES 6301 on).
    """
    _check_fields(content, _RANGES)
    run = _run(session, peer, content, {Stage.TOTALS_INCONSISTENT})
    shares = reconciliation.heard_shares(content["blocks"])
    gaps = reconciliation.gaps(_books(session, peer, desk, content), shares)
    told = reconciliation.told_gaps(gaps)
    _found(session, run, gaps, desk, now)
    if content["is_last"]:
        _compared(session, run, now)
    return {"differences": told}


def told_histories(
    session: Session, peer: AnyRow, content: Content, desk: Desk, _now: datetime
) -> Content:
    """Keep how blocks got where the other registry has them, and tell how they got here."""
    _check_fields(content, _HISTORIES)
    run = _run(session, peer, content, {Stage.BLOCKS_INCONSISTENT})
    theirs = _read_history(content["blocks"])
    ours = _history(session, run, desk)
    run.ours = {**run.ours, "history": ours}
    run.theirs = {**run.theirs, "history": theirs}
    session.flush()
    return {"blocks": histories.told(ours)}


def resolution(
    session: Session, peer: AnyRow, content: Content, _desk: Desk, now: datetime
) -> Content:
    """Note that the other registry resolved a run; what it barred here stays until we do."""
    _check_fields(content, _RESOLUTION)
    run = _run(session, peer, content, UNRESOLVED | {Stage.COMPLETED_BY_HAND}, is_ours=None)
    if run.resolved_there_at is not None:
        raise MessageRejected(Code.RUN_WRONG_STATUS)
    run.resolved_there_at = now
    session.flush()
    return {}


# What is answered


def totals_answered(
    session: Session, message: AnyRow, reply: Reply, desk: Desk, now: datetime
) -> None:
    """Compare the sums of both sides; tell ranges of what differs."""
    peer, run = _of(session, message)
    if run.ended_at is not None:
        return
    theirs = None
    try:
        theirs = reconciliation.heard(reply.content) if _is_done(reply) else None
    except MessageRejected as malformed:
        run.code = malformed.reason
    if theirs is None:
        run.code = run.code or reply.code or Code.MALFORMED
        run.stage, run.ended_at = Stage.DENIED, now
        session.flush()
        _log(session, run, now, code=run.code)
        return
    run.theirs = reconciliation.told(theirs)
    kinds = reconciliation.differing(reconciliation.heard(run.ours), theirs)
    if not kinds:
        _confirm(session, run, now)
        return
    run.stage = Stage.TOTALS_INCONSISTENT
    session.flush()
    _tell_ranges(session, peer, run, kinds, (0, 0), desk, now)


def ranges_answered(
    session: Session, message: AnyRow, reply: Reply, desk: Desk, now: datetime
) -> None:
    """Bar what differs; tell further ranges, or how the blocks that differ got here."""
    peer, run = _of(session, message)
    if run.stage is not Stage.TOTALS_INCONSISTENT:
        return
    try:
        _check_done(reply)
        gaps = reconciliation.heard_gaps(reply.content.get("differences"))
    except MessageRejected as why:
        # Two administrators resolve what the other registry does not compare any further.
        run.code = why.reason
        session.flush()
        return
    _found(session, run, gaps, desk, now)
    if not message.content["is_last"]:
        kinds = reconciliation.differing(
            reconciliation.heard(run.ours), reconciliation.heard(run.theirs)
        )
        last = reconciliation.heard_shares(message.content["blocks"])[-1]
        begin = reconciliation.following(kinds, last)
        _tell_ranges(session, peer, run, kinds, begin, desk, now)
        return
    _compared(session, run, now)
    if run.ended_at is None:
        run.ours = {**run.ours, "history": _history(session, run, desk)}
        session.flush()
        content = _about(run) | {"blocks": histories.told(run.ours["history"])}
        letters.tell(session.connection(), peer.id, Message.HISTORIES, content, now=now)


def histories_answered(
    session: Session, message: AnyRow, reply: Reply, _desk: Desk, _now: datetime
) -> None:
    """Keep how the blocks got where the other registry has them."""
    _peer, run = _of(session, message)
    if run.ended_at is not None or not _is_done(reply):
        return
    try:
        history = _read_history(reply.content.get("blocks"))
    except MessageRejected:
        return
    run.theirs = {**run.theirs, "history": history}
    session.flush()


def tell_resolution(session: Session, run: Reconciliation, now: datetime) -> None:
    """Tell the other registry that a run is resolved here; its account is locked."""
    assert run.peer_id is not None
    letters.tell(session.connection(), run.peer_id, Message.RESOLUTION, _about(run), now=now)


# What they share


def _books(session: Session, peer: AnyRow, desk: Desk, content: Content) -> Books:
    """Return our books as far as the other registry can know of them."""
    heard = content["heard"]
    if not isinstance(heard, int) or isinstance(heard, bool) or not 0 <= heard <= peer.told:
        raise MessageRejected(Code.MALFORMED)
    return reconciliations.books(session.connection(), peer, desk.code, heard=heard)


def _run(
    session: Session,
    peer: AnyRow,
    content: Content,
    stages: set[Stage] | frozenset[Stage],
    *,
    is_ours: bool | None = False,
) -> Reconciliation:
    number = content["run"]
    if not isinstance(number, str) or not reconciliation.NUMBER.fullmatch(number):
        raise MessageRejected(Code.RUN_MALFORMED)
    run = reconciliations.by_number(session, number)
    if run is None or run.peer_id != peer.id or is_ours not in {None, run.is_ours}:
        raise MessageRejected(Code.RUN_UNKNOWN, number)
    if _moment(content["snapshot_at"]) != run.snapshot_at:
        raise MessageRejected(Code.SNAPSHOT_DIFFERS, number)
    if run.stage not in stages:
        raise MessageRejected(Code.RUN_WRONG_STATUS, run.stage)
    return run


def _of(session: Session, message: AnyRow) -> tuple[AnyRow, Reconciliation]:
    """Lock the account of the registry that answered; return it and the run."""
    connection = session.connection()
    accounts.lock_ids(connection, [peers.by_id(connection, message.peer_id).account_id])
    run = reconciliations.by_number(session, message.content["run"])
    assert run is not None, "it was begun here"
    return peers.by_id(connection, message.peer_id), run


def _tell_ranges(
    session: Session,
    peer: AnyRow,
    run: Reconciliation,
    kinds: Sequence[reconciliation.Kind],
    begin: tuple[int, int],
    desk: Desk,
    now: datetime,
) -> None:
    connection = session.connection()
    books = reconciliations.books(connection, peer, desk.code)
    shares, is_last = reconciliation.portion(books, kinds, begin)
    content = _about(run) | {
        "heard": peer.heard,
        "is_last": is_last,
        "blocks": reconciliation.told_shares(shares),
    }
    letters.tell(connection, peer.id, Message.RANGES, content, now=now)


def _about(run: Reconciliation) -> Content:
    return {"run": run.number, "snapshot_at": chain.moment(run.snapshot_at)}


def _found(
    session: Session, run: Reconciliation, gaps: Sequence[Gap], desk: Desk, now: datetime
) -> None:
    """Write differences, and bar exactly what this ledger has of them."""
    for gap in gaps:
        try:
            place = bands.stored(gap.key.origin, gap.range, own=desk.code)
        except NumberTooLarge:
            continue
        known = _live(session, place)
        for whole in serials.join([one for one, _account in known]):
            bar = bars.lay_for(session, whole, run.number, now=now)
            for range_, account in known:
                if serials.overlap(range_, whole):
                    _keep(session, run, gap, range_, account, bar)
        for missing in serials.difference(place, [one for one, _account in known]):
            _keep(session, run, gap, missing)


def _live(session: Session, place: Range) -> list[tuple[Range, int]]:
    """Return what of a range is in live blocks here, and in which account."""
    found: list[tuple[Range, int]] = []
    wanted: Range | None = place
    while wanted is not None:
        covering = blocks.covering(session.connection(), wanted)
        for block in covering:
            part = serials.overlap(Range(block.first, block.last), wanted)
            assert part is not None, "it covers some of them"
            found.append((part, block.account_id))
        last = found[-1][0].last if covering else place.last
        wanted = Range(last + 1, place.last) if last < place.last and covering else None
    return found


def _keep(
    session: Session,
    run: Reconciliation,
    gap: Gap,
    range_: Range,
    account: int | None = None,
    bar: int | None = None,
) -> None:
    session.add(
        Difference(
            reconciliation_id=run.id,
            first=range_.first,
            last=range_.last,
            account_id=account,
            book=gap.book,
            part=gap.part,
            problem=f"{gap.key.project} {gap.key.vintage} {gap.key.unit_class}",
            bar_id=bar,
        )
    )
    session.flush()


def _compared(session: Session, run: Reconciliation, now: datetime) -> None:
    """Note how a comparison of ranges came out; what was put right meanwhile differs no more."""
    if not reconciliations.has_found(session.connection(), run.id):
        _confirm(session, run, now)
        return
    run.stage = Stage.BLOCKS_INCONSISTENT
    session.flush()
    _log(session, run, now)


def _confirm(session: Session, run: Reconciliation, now: datetime) -> None:
    run.stage, run.ended_at = Stage.CONFIRMED, now
    session.flush()
    _log(session, run, now)


def _log(session: Session, run: Reconciliation, now: datetime, **facts: str) -> None:
    stage = {"stage": run.stage.value}
    logs.done(session, "end reconciliation", run.number, actor=None, now=now, **stage, **facts)


def _history(session: Session, run: Reconciliation, desk: Desk) -> histories.History:
    found = reconciliations.differences(session, run.id, size=histories.BLOCKS_MAX)
    return histories.of(session, [Range(row.first, row.last) for row in found], desk.code)


_BLOCK: Final = {"origin": str, "first": int, "last": int, "steps": list}
_STEP: Final = {"at": str, "kind": str, "transaction": str, "crossing": str}


def _read_history(told: object) -> histories.History:
    """Read a history; MessageRejected if it is malformed."""
    if not isinstance(told, list) or len(told) > histories.BLOCKS_MAX:
        raise MessageRejected(Code.MALFORMED)
    for block in told:
        _check_shape(block, _BLOCK)
        for step in block["steps"]:
            _check_shape(step, _STEP)
            if _moment(step["at"]) is None:
                raise MessageRejected(Code.MALFORMED)
    return told


def _check_shape(told: object, shape: dict[str, type[Any]]) -> None:
    if not isinstance(told, dict) or set(told) != set(shape):
        raise MessageRejected(Code.MALFORMED)
    if not all(isinstance(told[name], kind) for name, kind in shape.items()):
        raise MessageRejected(Code.MALFORMED)


def _check_fields(content: Content, fields: set[str]) -> None:
    if set(content) != fields:
        raise MessageRejected(Code.MALFORMED)


def _check_done(reply: Reply) -> None:
    if not _is_done(reply):
        raise MessageRejected(reply.code or Code.MALFORMED)


def _is_done(reply: Reply) -> bool:
    return reply.answer is Answer.DONE


def _moment(told: object) -> datetime | None:
    try:
        moment = datetime.strptime(str(told), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if chain.moment(moment) == told else None
