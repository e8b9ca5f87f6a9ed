"""Questions about what people prove themselves with."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.requests import Delivery
from app.registry import second_factors
from app.registry.logs import Origin
from app.registry.vaults import hashed
from app.store import credentials
from app.store.tables import Device, Link, RecoveryCode, SecondFactor, Throttle
from app.store.tables.credentials import Method, Purpose
from tests.authenticator import Passkey
from tests.devices import user
from tests.world import NOW, World

HERE = Origin("192.0.2.7", "Firefox, Windows")


def factor(session: Session, user_id: int, name: str) -> SecondFactor:
    made = SecondFactor(
        user_id=user_id, method=Method.TOTP, name=name, secret=b"x", algorithm="SHA1", added_at=NOW
    )
    session.add(made)
    session.flush()
    return made


def test_factors_come_in_the_order_they_were_added_and_without_removed_ones(
    stage: Session, cast: World
) -> None:
    first, second = factor(stage, cast.operator, "Phone"), factor(stage, cast.operator, "Tablet")
    factor(stage, cast.approver, "Phone")
    connection = stage.connection()
    names = [one.name for one in credentials.factors(connection, cast.operator)]
    assert names == ["Passkey of the tests", "Phone", "Tablet"]
    first.removed_at, second.removed_at = NOW, NOW + timedelta(minutes=1)
    stage.flush()
    assert len(credentials.factors(connection, cast.operator)) == 1
    former = credentials.removed_factors(stage, cast.operator)
    assert [one.name for one in former] == ["Tablet", "Phone"]


def test_a_passkey_is_known_even_when_it_was_removed(stage: Session, cast: World) -> None:
    passkey = Passkey(login_id="operator")
    assert credentials.is_passkey_known(stage, passkey.credential_id)
    assert not credentials.is_passkey_known(stage, b"another")
    kept = credentials.factors(stage.connection(), cast.operator)[0]
    stage.get_one(SecondFactor, kept.id).removed_at = NOW
    stage.flush()
    assert credentials.is_passkey_known(stage, passkey.credential_id)


def test_recovery_codes_are_found_by_their_hash_for_their_person_alone(
    stage: Session, cast: World
) -> None:
    codes = second_factors.make_recovery_codes(stage, user(stage, "operator"), origin=HERE, now=NOW)
    bare = hashed(codes[0].replace("-", ""))
    found = credentials.recovery_code(stage, cast.operator, bare)
    assert found is not None
    assert credentials.recovery_code(stage, cast.approver, bare) is None
    assert credentials.recovery_codes_left(stage, cast.operator) == 10
    found.used_at = NOW
    stage.flush()
    assert credentials.recovery_codes_left(stage, cast.operator) == 9
    assert credentials.recovery_code(stage, cast.operator, bare) is not None
    stage.get_one(RecoveryCode, found.id).void_at = NOW
    stage.flush()
    assert credentials.recovery_code(stage, cast.operator, bare) is None


def test_links_alive_are_those_neither_used_nor_void(stage: Session, cast: World) -> None:
    made = [
        Link(
            user_id=cast.operator,
            purpose=Purpose.PASSWORD,
            delivery=Delivery.LINK,
            secret_hash=hashed(str(number)),
            facts={},
            made_at=NOW,
            expires_at=NOW,
        )
        for number in range(3)
    ]
    stage.add_all(made)
    made[0].used_at = made[1].void_at = NOW
    stage.flush()
    assert list(credentials.links_alive(stage, cast.operator)) == [made[2]]
    assert credentials.link(stage, hashed("0")) is made[0]
    assert credentials.link(stage, hashed("another")) is None


def test_a_browser_is_known_to_each_person_apart(stage: Session, cast: World) -> None:
    known = Device(
        user_id=cast.operator,
        token_hash=hashed("token"),
        label="Firefox, Windows",
        first_seen_at=NOW,
        last_seen_at=NOW,
    )
    stage.add(known)
    stage.flush()
    assert credentials.device(stage, cast.operator, hashed("token")) is known
    assert credentials.device(stage, cast.approver, hashed("token")) is None
    assert credentials.device(stage, cast.operator, hashed("other")) is None


def test_what_is_counted_under_a_key(stage: Session, cast: World) -> None:
    stage.add(Throttle(key="id:hanako", failures=3, since=NOW, until=None))
    stage.flush()
    found = credentials.throttle(stage.connection(), "id:hanako")
    assert found is not None
    assert (found.failures, found.since, found.until) == (3, NOW, None)
    assert credentials.throttle(stage.connection(), "id:taro") is None
