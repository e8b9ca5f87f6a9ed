"""What accounts hold: sums, runs of serial numbers, and what of them is kept back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.ledger import Kind
from app.domain.serials import Range
from app.registry import bars
from app.store import holdings
from app.store.blocks import Search
from app.store.holdings import Figures
from app.store.tables import Account, Transaction
from tests import world
from tests.world import NOW, World


def identifier(session: Session, number: str) -> int:
    return session.scalars(select(Account.id).where(Account.number == number)).one()


def bar(session: Session, cast: World, first: int, last: int) -> None:
    bars.lay(session, Range(first, last), reason="test", actor=cast.operator, now=NOW)


def test_figures_count_each_tonne_once(session: Session) -> None:
    cast = world.build(session)
    world.issued(session, cast, quantity=1_000)
    world.proposed(session, cast, quantity=100)
    bar(session, cast, 51, 150)
    bar(session, cast, 141, 160)
    aoba, kaede = identifier(session, cast.aoba), identifier(session, cast.kaede)
    found = holdings.figures(session, [aoba, kaede])
    assert found[aoba] == Figures(held=1_000, reserved=100, barred=60)
    assert found[aoba].available == 840
    assert found[kaede] == Figures()


def test_serial_numbers_are_described_by_the_issuance_they_come_from(session: Session) -> None:
    cast = world.build(session)
    world.issued(session, cast, quantity=100)
    world.issued(session, cast, quantity=50, project=world.ITMO_PROJECT)
    world.issued(session, cast, quantity=10)
    found = holdings.described(session, [Range(155, 155), Range(90, 120)])
    assert [(str(run.range), run.project, run.vintage) for run in found] == [
        ("90-100", "MN003", 2019),
        ("101-120", "VN004", 2022),
        ("155", "MN003", 2019),
    ]
    assert holdings.described(session, []) == []


def test_runs_are_the_same_in_both_directions(session: Session) -> None:
    cast = world.build(session)
    world.issued(session, cast, quantity=100)
    world.issued(session, cast, quantity=100)
    world.moved(session, cast, quantity=10)
    world.moved(session, cast, quantity=5, serials=[Range(150, 154)])
    world.moved(session, cast, source=cast.kaede, target=cast.aoba, quantity=10)
    search = Search(account_id=identifier(session, cast.aoba))
    upward = [str(run.range) for run in holdings.runs(session, search)]
    assert upward == ["1-100", "101-149", "155-200"]
    downward = [str(run.range) for run in holdings.runs(session, search, before=1_000)]
    assert downward == upward[::-1]
    assert [str(run.range) for run in holdings.runs(session, search, after=100)] == upward[1:]


def test_pieces_are_cut_where_something_is_kept_back(session: Session) -> None:
    cast = world.build(session)
    world.issued(session, cast, quantity=100)
    waiting = world.proposed(session, cast, serials=[Range(41, 50)])
    bar(session, cast, 46, 60)
    aoba = identifier(session, cast.aoba)
    found = holdings.pieces(
        holdings.runs(session, Search(account_id=aoba)),
        holdings.reservations(session, [aoba]),
        [Range(46, 60)],
    )
    assert [(str(one.run.range), one.transaction_id, one.is_barred) for one in found] == [
        ("1-40", None, False),
        ("41-50", waiting, False),
        ("51-60", None, True),
        ("61-100", None, False),
    ]


def test_what_a_transaction_moved_is_read_from_its_blocks(session: Session) -> None:
    cast = world.build(session)
    world.issued(session, cast, quantity=100)
    world.issued(session, cast, quantity=100)
    moved = world.moved(session, cast, Kind.RETIREMENT, serials=[Range(91, 110), Range(1, 2)])
    row = session.connection().execute(select(Transaction.__table__).where(Transaction.id == moved))
    assert holdings.moved(session, row.one()) == [Range(1, 2), Range(91, 110)]
