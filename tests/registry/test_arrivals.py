"""ITMOs that arrive: what is recorded of them on both sides, and what they stay."""

from dataclasses import replace
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.aef_editions import Version
from app.domain.bands import printed
from app.domain.exchange import Status
from app.domain.exchange_errors import RejectedThere
from app.domain.serials import Range
from app.registry import actions as article6_verbs
from app.store import verification
from app.store.aef import Report
from app.store.tables import Approach, Issuance, ItmoUnits
from tests import article6, itmos
from tests.exchanging import Side, Two, two
from tests.registry.test_outgoing import send, stands
from tests.world import NOW

#: Where a row of holdings has its first number; the last one follows.
FIRST = 4


def test_itmos_are_first_transferred_once_and_acquired_by_whoever_receives_them() -> None:
    with two("sqlite", "postgresql") as both:
        japan, host = both.japan, both.mongolia
        host.desk = replace(host.desk, party=itmos.HOST)
        for side in (japan, host):
            side.database.write(partial(article6.approach, code=article6.CODE))
        host.database.write(lambda s: itmos.issue(s, host.cast, party=itmos.HOST, now=NOW))
        # Nobody has authorized them: the host does not let them go.
        ended = host.approve(host.propose(japan.cast.kaede, 100))
        assert ended.refusal is not None
        assert ended.refusal.code == "NotAuthorized"
        host.database.write(lambda s: _authorize(s, host))
        # Nor does the receiver take what it does not know to be authorized (case 81).
        refused = host.send(japan.cast.kaede, 100)
        both.carry()
        assert stands(host, refused)[1:] == (RejectedThere.__name__, Status.REJECTED)
        assert actions(host) == []
        japan.database.write(lambda s: _authorize(s, japan))
        host.send(japan.cast.kaede, 100)
        both.carry()
        assert actions(host) == [("first_transfer", "to_another_party", 100)]
        assert actions(japan) == [("acquisition", None, 100)]
        assert identifiers(host, 100) == identifiers(japan, 100)
        assert reported(japan) == {(1, 100)}, "by the numbers that the host issued"
        _there_and_back(both)


def _there_and_back(both: Two) -> None:
    """Let what came go back and out once more: transfers, and no second first transfer."""
    japan, host = both.japan, both.mongolia
    send(japan, japan.cast.kaede, host.cast.aoba, quantity=100)
    both.carry()
    host.send(japan.cast.aoba, 100)
    both.carry()
    assert actions(host) == [
        ("first_transfer", "to_another_party", 100),
        ("acquisition", None, 100),
        ("transfer", None, 100),
    ]
    assert actions(japan) == [
        ("acquisition", None, 100),
        ("transfer", None, 100),
        ("acquisition", None, 100),
    ]
    assert identifiers(host, 100) == identifiers(japan, 100)
    assert (host.held(), japan.held()) == (900, 100)
    for side in (japan, host):
        with side.database.reading() as session:
            assert list(verification.findings(session)) == []


def _authorize(session: Session, side: Side) -> None:
    approach = session.scalars(select(Approach)).one()
    version = article6.authorization(session, side.cast, approach)
    article6_verbs.authorized(session, version.id, party=side.desk.party, now=side.now())


def actions(side: Side) -> list[tuple[str, str | None, int]]:
    """Return the actions that were recorded of moves: type, subtype and tonnes."""
    with side.database.reading() as session:
        return [
            (kind, subtype, last - first + 1)
            for kind, subtype, first, last in itmos.told(session)
            if kind != "authorization"
        ]


def reported(side: Side) -> set[tuple[object, object]]:
    """Return the first and last numbers that the table of holdings of the year tells."""
    with side.database.reading() as session:
        version, years = Version(1, 0), side.desk.party.ndc_years
        party = side.desk.party.code
        report = Report(
            session.connection(), party, NOW.year, version, date(NOW.year, 12, 31), years
        )
        return {(row[FIRST], row[FIRST + 1]) for row in report.holdings()}


def identifiers(side: Side, quantity: int) -> set[tuple[str, ...]]:
    """Return what the identifiers of ITMOs are made of, of those that lie with or left Aoba."""
    query = select(Issuance, ItmoUnits, Approach.code).where(
        ItmoUnits.issuance_id == Issuance.id, Approach.id == ItmoUnits.approach_id
    )
    with side.database.reading() as session:
        return {
            (
                *(code, units.party_registry, units.first_transferring, units.mitigation_type),
                *map(str, (units.underlying_registry, units.underlying_first, issuance.vintage)),
                str(printed(Range(issuance.first, issuance.first + quantity - 1), own=side.code)),
            )
            for issuance, units, code in session.execute(query)
        }
