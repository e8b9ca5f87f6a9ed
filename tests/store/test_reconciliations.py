"""What either of two registries holds of the other, and what runs hold barred."""

from sqlalchemy.orm import Session

from app.domain.accounts import State
from app.domain.reconciliation import Book, Key, Part, Stage
from app.domain.serials import Range
from app.registry import bars
from app.store import accounts, peers, reconciliations
from app.store.tables import Difference, Reconciliation
from tests import world
from tests.exchanging import Side, two
from tests.world import NOW, World

OLD = Key("JP", world.PROJECT, world.VINTAGE, "jcm_credit")


def books(side: Side, heard: int | None = None) -> dict[Part, dict[Key, list[str]]]:
    with side.database.reading() as session:
        connection = session.connection()
        peer = peers.everyone(session)[0]
        found = reconciliations.books(connection, peer, side.code, heard=heard)
    return {
        part: {key: [f"{r.first}-{r.last}" for r in ranges] for key, ranges in kinds.items()}
        for part, kinds in found.items()
    }


def test_what_went_there_and_came_home_is_told_as_its_registry_counts() -> None:
    with two("sqlite", "postgresql") as both:
        both.japan.issue(100)
        both.japan.send(both.mongolia.cast.aoba, 30)
        both.japan.send(both.mongolia.cast.aoba, 10)
        both.carry()
        assert books(both.japan) == {Part.SENT: {OLD: ["1-40"]}, Part.RECEIVED: {}}
        assert books(both.mongolia) == {Part.SENT: {}, Part.RECEIVED: {OLD: ["1-40"]}}
        # What the other one has not heard of counts as still here.
        assert books(both.japan, heard=0)[Part.SENT] == {}
        both.mongolia.send(both.japan.cast.kaede, 15)
        both.carry()
        assert books(both.japan)[Part.SENT] == books(both.mongolia)[Part.RECEIVED]
        assert books(both.japan)[Part.SENT] == {OLD: ["16-40"]}
        assert books(both.mongolia, heard=0)[Part.RECEIVED] == {OLD: ["1-40"]}


def test_what_a_run_barred_is_held_until_it_is_resolved(stage: Session, cast: World) -> None:
    issued = world.issued(stage, cast, quantity=10)
    connection = stage.connection()
    run = Reconciliation(
        number="JP-20261102-1",
        stage=Stage.BLOCKS_INCONSISTENT,
        is_ours=True,
        snapshot_at=NOW,
        started_at=NOW,
    )
    stage.add(run)
    stage.flush()
    bar = bars.lay_for(stage, issued, run.number, now=NOW)
    found = accounts.by_number(stage, cast.aoba)
    assert found is not None
    account = found.id
    stage.add(
        Difference(
            reconciliation_id=run.id,
            first=issued.first,
            last=issued.last,
            account_id=account,
            book=Book.OURS,
            problem="x",
            bar_id=bar,
            barred_from=State.OPEN,
        )
    )
    stage.flush()
    assert bars.lay_for(stage, issued, "JP-20261102-2", now=NOW) == bar
    assert bars.lay_for(stage, Range(issued.first, issued.first), run.number, now=NOW) != bar
    assert reconciliations.holding_bar(connection, bar) == run.number
    assert reconciliations.holding_bar(connection, bar, but=run.id) is None
    assert reconciliations.holding_account(connection, account) == run.number
    assert reconciliations.barred_from(connection, account) is State.OPEN
    run.stage, run.ended_at = Stage.COMPLETED_BY_HAND, NOW
    stage.flush()
    assert reconciliations.holding_bar(connection, bar) is None
    assert reconciliations.holding_account(connection, account) is None
    assert reconciliations.barred_from(connection, account) is None
