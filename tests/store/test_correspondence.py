"""Crossings and messages by registry, newest first, a page at a time."""

from app.domain.exchange import Side, Status
from app.store import correspondence, peers
from app.store.correspondence import Filter
from tests.exchanging import two


def test_crossings_and_messages_are_turned_by_their_ids() -> None:
    with two("sqlite", "sqlite") as both:
        both.japan.issue(1_000)
        for quantity in (1, 2, 3):
            both.japan.send(both.mongolia.cast.kaede, quantity)
        with both.japan.database.reading() as session:
            peer = peers.by_code(session.connection(), "MN")
            assert peer is not None
            wanted = Filter(peer.id)
            whole = correspondence.crossings(session, wanted, size=10)
            assert [row.quantity for row in whole] == [3, 2, 1]
            assert correspondence.count_crossings(session, wanted, cap=2) == 3
            older = correspondence.crossings(session, wanted, before=whole[0].id, size=1)
            newer = correspondence.crossings(session, wanted, after=whole[2].id, size=1)
            assert [row.quantity for row in (*older, *newer)] == [2, 2]
            none = Filter(peer.id, status=Status.REJECTED)
            assert not correspondence.crossings(session, none, size=1)
            waiting = Filter(peer.id, side=Side.OUT, is_waiting=True)
            assert correspondence.count_messages(session, waiting, cap=10) == 3
            assert len(correspondence.messages(session, waiting, size=2)) == 2
            assert correspondence.message(session, peer.id, Side.OUT, 1) is not None
            assert list(correspondence.keys(session)) == [peer.id]
            assert correspondence.approver(session, whole[0].id) is not None
