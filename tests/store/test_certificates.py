"""Questions about certificates: one of many, lists by account, and the first change afterwards."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.certificates import Kind
from app.domain.text import Text
from app.store import accounts, certificates
from app.store.tables import Certificate
from tests import world
from tests.world import NOW, World


def written(session: Session, cast: World, account: str) -> Certificate:
    """A certificate of nothing."""
    found = accounts.by_number(session, account)
    assert found is not None
    identifier = certificates.next_id(session)
    made = Certificate(
        id=identifier,
        number=f"JP-C-{identifier}",
        code=f"code {identifier}",
        kind=Kind.ACCOUNT,
        account_id=found.id,
        language="en",
        facts={},
        issued_by=cast.approver,
        issued_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def test_an_accounts_certificates_come_newest_first_a_page_at_a_time(
    stage: Session, cast: World
) -> None:
    made = [written(stage, cast, cast.aoba) for _ in range(3)]
    other = written(stage, cast, cast.kaede)
    account = made[0].account_id
    first = certificates.of_account(stage, account, size=2)
    assert [row.number for row in first] == [made[2].number, made[1].number]
    rest = certificates.of_account(stage, account, before=first[-1].id)
    assert [row.number for row in rest] == [made[0].number]
    assert certificates.by_number(stage, other.number) is other
    assert certificates.by_number(stage, "JP-C-9") is None
    assert certificates.of_transaction(stage, 1) is None
    assert certificates.of_application(stage, 1) is None


def test_the_first_movement_after_a_moment_counts_on_either_side(
    stage: Session, cast: World
) -> None:
    world.issued(stage, cast, quantity=100)
    account = written(stage, cast, cast.aoba).account_id
    target = written(stage, cast, cast.kaede).account_id
    assert certificates.balances_changed(stage, account, NOW) is None
    days = [NOW + timedelta(days=day) for day in (1, 2)]
    for at in days:
        world.moved(stage, cast, quantity=1, now=at)
    for one in (account, target):
        assert certificates.balances_changed(stage, one, NOW) == days[0]
        assert certificates.balances_changed(stage, one, days[0]) == days[1]


def test_a_title_is_english_where_there_is_no_japanese(stage: Session, cast: World) -> None:
    found = certificates.titles(stage, [world.PROJECT, "XX999"])
    assert found == {world.PROJECT: Text("Project MN003", "Project MN003")}
