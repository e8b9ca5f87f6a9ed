"""What findings concern: numbers, and the accounts as they are and as they should be."""

import pytest
from sqlalchemy.orm import Session

from app.domain import bands
from app.domain.findings import Finding, Problem, Row, found
from app.domain.serials import Range
from app.store import accounts, concerns, replay
from tests import world
from tests.world import World


@pytest.fixture
def known(stage: Session, cast: World) -> dict[str, int]:
    """Credits were issued to Aoba and moved to Kaede; ids of both, and of the movement."""
    world.issued(stage, cast, quantity=100)
    moved = world.moved(stage, cast, quantity=10)
    ids = {"moved": moved}
    for name in ("aoba", "kaede"):
        found = accounts.by_number(stage, getattr(cast, name))
        assert found is not None
        ids[name] = found.id
    return ids


def test_a_finding_is_traced_to_numbers_and_accounts(stage: Session, known: dict[str, int]) -> None:
    aoba, kaede, moved = known["aoba"], known["kaede"], known["moved"]
    of_mongolia = bands.stored("MN", Range(3, 4), own="JP")
    for finding, range_, ids in (
        (found("accounts", Row.ID, Problem.NUMBER_NOT_OWN, id=aoba, number="X"), None, [aoba]),
        (balance(kaede), None, [kaede]),
        (differs(moved, "quantity"), None, [aoba, kaede]),
        (differs(moved, "source"), None, [aoba]),
        (block(1, 10, moved), Range(1, 10), [kaede]),
        (block(11, 100, moved), Range(11, 100), [aoba]),
        (not_live(Range(3, 4)), Range(3, 4), []),
        (not_live(of_mongolia), of_mongolia, []),
        (reservation(1, 5, moved), Range(1, 5), [kaede]),
        (reservation(5, 1, moved), None, [aoba, kaede]),
        (reservation("altered", 5, moved), None, [aoba, kaede]),
        (found("chain_head", Row.ID, Problem.MISSING, id=1), None, []),
        (found("transactions", Row.PLACE, Problem.MISSING, position=999), None, []),
        (found("issuances", Row.OF_TRANSACTION, Problem.ISSUANCES_COUNT, by=9, count=0), None, []),
    ):
        (concern,) = concerns.of(stage.connection(), [finding])
        assert (concern.range, list(concern.accounts)) == (range_, sorted(ids)), str(finding)


def balance(account: int) -> Finding:
    facts = {"account": account, "project": 1, "vintage": 2019}
    return found("balances", Row.BALANCE, Problem.BLOCKS_DIFFER, quantity=1, counted=2, **facts)


def differs(transaction: int, column: str) -> Finding:
    return found("transactions", Row.ID, Problem.COLUMN_DIFFERS, id=transaction, column=column)


def block(first: int, last: int, opener: int) -> Finding:
    facts = replay.of_range(Range(first, last)) | {"opener": opener, "mover": opener}
    return found("blocks", Row.BLOCK, Problem.NOT_AS_OPENED, **facts)


def not_live(range_: Range) -> Finding:
    return found("blocks", Row.NUMBERS, Problem.NOT_LIVE, **replay.of_range(range_))


def reservation(first: object, last: object, by: int) -> Finding:
    facts = {"numbers": f"{first}-{last}", "first": first, "last": last, "by": by}
    return found("reservations", Row.NUMBERS_OF_TRANSACTION, Problem.NOT_WAITING, **facts)


def test_an_altered_account_explains_what_it_took_part_in(
    stage: Session, known: dict[str, int]
) -> None:
    told = concerns.of(
        stage.connection(),
        [
            found("accounts", Row.ID, Problem.NUMBER_NOT_OWN, id=known["aoba"], number="X"),
            found("transactions", Row.ID, Problem.DIGEST_DIFFERS, id=known["moved"]),
        ],
    )
    assert [list(one.accounts) for one in told] == [[known["aoba"]]] * 2
