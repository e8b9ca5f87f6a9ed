"""What went between two Parties, as the actions of the ledger have it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.domain.nomenclature import ActionType, Subtype
from app.domain.serials import Range
from app.store import cross_check
from tests import article6
from tests.article6 import CODE, HOST
from tests.world import NOW, World


def test_only_what_went_between_the_two_within_the_time_is_given(
    stage: Session, cast: World
) -> None:
    approach = article6.approach(stage)
    units = article6.issued(stage, cast, approach, quantity=1_000)
    version = article6.authorization(stage, cast, approach)
    acquired, moved = ActionType.ACQUISITION, ActionType.TRANSFER
    first, last = units.first, units.last
    half = Range(first, first + 499)
    article6.action(stage, units, version, acquired, counterparty=HOST, part=half)
    article6.action(stage, units, version, acquired, counterparty="KOR", part=Range(last, last))
    article6.action(
        stage, units, version, moved, counterparty=HOST, part=half, at=NOW + timedelta(days=1)
    )
    article6.action(stage, units, version, ActionType.USE, part=half, calendar_year=2022)
    article6.action(
        stage,
        units,
        version,
        ActionType.FIRST_TRANSFER,
        subtype=Subtype.USE_OR_CANCELLATION,
        part=half,
    )
    until = NOW + timedelta(days=2)

    def found(since: datetime, until: datetime) -> list[cross_check.Movement]:
        asked = cross_check.movements(stage, "JPN", HOST, since=since, until=until, origin="JP")
        return list(asked)

    one, other = found(NOW, until)
    assert (one.sender, one.receiver, one.is_acquisition) == (HOST, "JPN", True)
    assert (other.sender, other.receiver, other.is_acquisition) == ("JPN", HOST, False)
    assert one.tonnes == Decimal(500)
    assert str(one.identifier) == f"{CODE}-JPN01-{HOST}-{half.first}-{half.last}-2022"
    assert one.at == NOW.astimezone(UTC)
    assert found(NOW, NOW + timedelta(days=1)) == [one]
    assert found(NOW + timedelta(seconds=1), until) == [other]
