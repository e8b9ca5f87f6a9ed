"""Second factors: codes of a device and recovery codes; passkeys stand in signing_in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import Refusal, Required, TooLong
from app.domain.people_errors import (
    CodeUsed,
    CodeWrong,
    FactorLast,
    PasskeyRefused,
    ProofRequired,
)
from app.registry import second_factors, totp
from app.registry.logs import Origin
from app.registry.second_factors import Proof, Proven, Site
from app.registry.vaults import Vault
from app.store import credentials
from app.store.databases import Database
from app.store.tables import Delivered, RecoveryCode, SecondFactor
from app.store.tables.credentials import Method
from tests import world
from tests.authenticator import Passkey
from tests.devices import Phone, outcomes, user
from tests.stages import refused
from tests.world import NOW, World

SITE = Site("http://localhost", "localhost", "Registry")
HERE = Origin("192.0.2.7", "Firefox, Windows")
VAULT = Vault("for tests only")
CHALLENGE = b"what is to be proved"
SECOND, STEP = timedelta(seconds=1), timedelta(seconds=30)


def phone(session: Session, login_id: str = "operator", algorithm: str = "SHA1") -> Phone:
    """Give somebody a device that shows codes."""
    offered = {name: totp.new_secret(name) for name in totp.ALGORITHMS}
    made = Phone(offered[algorithm], algorithm)
    second_factors.add_totp(
        session,
        user(session, login_id),
        offered,
        made.code(NOW - STEP),
        name="Phone",
        vault=VAULT,
        origin=HERE,
        now=NOW,
    )
    return made


def prove(
    session: Session, user_id: int, proof: Proof, *, now: Any = NOW, recovery: bool = False
) -> Proven:
    return second_factors.prove(
        session,
        user_id,
        proof,
        challenge=CHALLENGE,
        with_recovery_code=recovery,
        site=SITE,
        vault=VAULT,
        now=now,
    )


# Codes of a device


@pytest.mark.parametrize("algorithm", totp.ALGORITHMS)
def test_a_device_of_either_kind_is_added_with_its_first_code(
    stage: Session, cast: World, algorithm: str
) -> None:
    device = phone(stage, algorithm=algorithm)
    kept = stage.scalars(select(SecondFactor).where(SecondFactor.method == Method.TOTP)).one()
    assert (kept.algorithm, kept.name, kept.added_from) == (algorithm, "Phone", HERE.address)
    assert kept.secret is not None and device.secret.encode() not in kept.secret
    proven = prove(stage, cast.operator, Proof(device.code(NOW)))
    assert (proven.method, proven.factor_id, proven.assertion) == (Method.TOTP, kept.id, None)


def test_a_device_whose_first_code_is_wrong_is_not_added(stage: Session, cast: World) -> None:
    for code in ("000000", "", "abc", Phone(totp.new_secret("SHA1")).code(NOW)):
        with refused(stage, CodeWrong, field="code"):
            second_factors.add_totp(
                stage,
                user(stage, "operator"),
                {"SHA1": totp.new_secret("SHA1")},
                code,
                name="Phone",
                vault=VAULT,
                origin=HERE,
                now=NOW,
            )


@pytest.mark.parametrize(("name", "refusal"), [(" ", Required), ("x" * 101, TooLong)])
def test_a_device_has_a_name(
    stage: Session, cast: World, name: str, refusal: type[Refusal]
) -> None:
    device = Phone(totp.new_secret("SHA1"))
    with refused(stage, refusal, field="name"):
        second_factors.add_totp(
            stage,
            user(stage, "operator"),
            {"SHA1": device.secret},
            device.code(NOW),
            name=name,
            vault=VAULT,
            origin=HERE,
            now=NOW,
        )


def test_a_code_counts_once(stage: Session, cast: World) -> None:
    device = phone(stage)
    code = device.code(NOW)
    prove(stage, cast.operator, Proof(code))
    for later in (NOW, NOW + SECOND, NOW + 29 * SECOND):
        with refused(stage, CodeUsed, field="code"):
            prove(stage, cast.operator, Proof(code), now=later)
    with refused(stage, CodeWrong):
        prove(stage, cast.operator, Proof(code), now=NOW + 2 * STEP)


def test_the_code_that_added_a_device_is_used_up(stage: Session, cast: World) -> None:
    device = phone(stage)
    with refused(stage, CodeUsed):
        prove(stage, cast.operator, Proof(device.code(NOW - STEP)))


def test_an_older_code_counts_no_more_after_a_newer_one(stage: Session, cast: World) -> None:
    device = phone(stage)
    later = NOW + STEP
    prove(stage, cast.operator, Proof(device.code(later)), now=later)
    with refused(stage, CodeUsed):
        prove(stage, cast.operator, Proof(device.code(NOW)), now=later)


def test_of_two_devices_either_will_do(stage: Session, cast: World) -> None:
    one, other = phone(stage), phone(stage, algorithm="SHA256")
    prove(stage, cast.operator, Proof(one.code(NOW)))
    prove(stage, cast.operator, Proof(other.code(NOW)))
    with refused(stage, CodeUsed):
        prove(stage, cast.operator, Proof(one.code(NOW)))


@pytest.mark.parametrize("typed", ["000000", "1", "12345678", "abc-def", "🙂", "٣٣٣٣٣٣"])
def test_another_code_is_wrong(stage: Session, cast: World, typed: str) -> None:
    phone(stage)
    with refused(stage, CodeWrong, field="code"):
        prove(stage, cast.operator, Proof(typed), recovery=True)


def test_a_code_of_somebody_else_is_wrong(stage: Session, cast: World) -> None:
    phone(stage)
    device = phone(stage, "approver")
    with refused(stage, CodeWrong):
        prove(stage, cast.operator, Proof(device.code(NOW)))


def test_nothing_given_is_no_proof(stage: Session, cast: World) -> None:
    for empty in ("", " ", "\u3000"):
        with refused(stage, ProofRequired, field="code"):
            prove(stage, cast.operator, Proof(empty))


def test_a_key_sealed_with_another_secret_opens_nothing(stage: Session, cast: World) -> None:
    device = phone(stage)
    kept = stage.scalars(select(SecondFactor).where(SecondFactor.method == Method.TOTP)).one()
    kept.secret = Vault("another").seal(device.secret.encode(), f"totp:{cast.operator}")
    stage.flush()
    with refused(stage, CodeWrong):
        prove(stage, cast.operator, Proof(device.code(NOW)))


def test_of_the_same_code_given_twice_at_once_one_counts(database: Database) -> None:
    database.write(lambda session: world.person(session, "hanako"))
    device = database.write(lambda session: phone(session, "hanako"))
    proof = Proof(device.code(NOW))

    def one(_number: int) -> bool:
        try:
            database.write(lambda session: prove(session, user(session, "hanako").id, proof))
        except CodeUsed:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(one, range(6))).count(True) == 1


# Recovery codes


def recovery_codes(session: Session, login_id: str = "operator") -> list[str]:
    return second_factors.make_recovery_codes(
        session, user(session, login_id), origin=HERE, now=NOW
    )


def test_there_are_ten_recovery_codes_and_only_their_hashes_are_kept(
    stage: Session, cast: World
) -> None:
    codes = recovery_codes(stage)
    assert len(set(codes)) == 10
    # 31 letters in 16 places are 79 bits.
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    kept = stage.scalars(select(RecoveryCode)).all()
    assert len(kept) == 10
    assert not [code for code in codes for row in kept if code.encode() in row.code_hash]


def test_a_recovery_code_counts_once(stage: Session, cast: World) -> None:
    first, second, *_rest = recovery_codes(stage)
    proven = prove(stage, cast.operator, Proof(first), recovery=True)
    assert (proven.method, proven.recovery_codes_left) == (Method.RECOVERY_CODE, 9)
    with refused(stage, CodeUsed, field="code"):
        prove(stage, cast.operator, Proof(first), recovery=True)
    left = prove(stage, cast.operator, Proof(second), recovery=True).recovery_codes_left
    assert left == 8


def test_a_recovery_code_may_be_typed_in_any_way(stage: Session, cast: World) -> None:
    codes = recovery_codes(stage)
    for code, typed in (
        (codes[0], codes[0].lower()),
        (codes[1], codes[1].replace("-", "")),
        (codes[2], f"  {codes[2].replace('-', ' ')} "),
        (codes[3], "".join(chr(ord(letter) + 0xFEE0) for letter in codes[3])),
    ):
        assert prove(stage, cast.operator, Proof(typed), recovery=True), code


def test_a_recovery_code_signs_nothing(stage: Session, cast: World) -> None:
    code = recovery_codes(stage)[0]
    with refused(stage, CodeWrong):
        prove(stage, cast.operator, Proof(code))


def test_a_recovery_code_of_somebody_else_is_wrong(stage: Session, cast: World) -> None:
    code = recovery_codes(stage, "approver")[0]
    with refused(stage, CodeWrong):
        prove(stage, cast.operator, Proof(code), recovery=True)


def test_new_recovery_codes_void_the_old_ones(stage: Session, cast: World) -> None:
    old, new = recovery_codes(stage), recovery_codes(stage)
    with refused(stage, CodeWrong):
        prove(stage, cast.operator, Proof(old[0]), recovery=True)
    assert prove(stage, cast.operator, Proof(new[0]), recovery=True)
    assert credentials.recovery_codes_left(stage, cast.operator) == 9


# Removing, and telling


def test_a_removed_factor_proves_nothing_and_stays_on_record(stage: Session, cast: World) -> None:
    device = phone(stage)
    person = user(stage, "operator")
    kept = credentials.factors(stage.connection(), cast.operator)[0]
    removed = second_factors.remove(stage, person, kept.id, origin=HERE, now=NOW)
    assert removed is not None and removed.removed_at == NOW
    with refused(stage, PasskeyRefused):
        prove(stage, cast.operator, Proof(assertion=Passkey(login_id="operator").given(CHALLENGE)))
    assert prove(stage, cast.operator, Proof(device.code(NOW)))


def test_the_last_factor_stays_and_nobody_removes_anothers(stage: Session, cast: World) -> None:
    own = credentials.factors(stage.connection(), cast.operator)[0]
    with refused(stage, FactorLast, field="factor"):
        second_factors.remove(stage, user(stage, "operator"), own.id, origin=HERE, now=NOW)
    phone(stage, "approver")
    assert not second_factors.remove(stage, user(stage, "approver"), own.id, origin=HERE, now=NOW)


def test_the_last_two_are_not_removed_at_the_same_time(database: Database) -> None:
    database.write(lambda session: world.person(session, "hanako"))
    database.write(lambda session: phone(session, "hanako"))
    with database.reading() as session:
        hanako = user(session, "hanako").id
        factors = [one.id for one in credentials.factors(session.connection(), hanako)]

    def remove(factor: int) -> bool:
        def verb(session: Session) -> bool:
            person = user(session, "hanako")
            return bool(second_factors.remove(session, person, factor, origin=HERE, now=NOW))

        try:
            return database.write(verb)
        except FactorLast:
            return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, factors)) == [False, True]


def test_with_all_factors_the_recovery_codes_go_too(stage: Session, cast: World) -> None:
    device, codes = phone(stage), recovery_codes(stage)
    second_factors.remove_all(stage, user(stage, "operator"), origin=HERE, now=NOW)
    assert not credentials.factors(stage.connection(), cast.operator)
    assert credentials.recovery_codes_left(stage, cast.operator) == 0
    for proof in (Proof(device.code(NOW)), Proof(codes[0])):
        with refused(stage, CodeWrong):
            prove(stage, cast.operator, proof, recovery=True)


def test_whoever_gets_or_loses_a_factor_is_told_and_the_log_knows(
    stage: Session, cast: World
) -> None:
    before = len(outcomes(stage))
    inbox = select(Delivered).where(Delivered.user_id == cast.operator)
    told = len(stage.scalars(inbox).all())
    phone(stage)
    recovery_codes(stage)
    kept = credentials.factors(stage.connection(), cast.operator)[0]
    second_factors.remove(stage, user(stage, "operator"), kept.id, origin=HERE, now=NOW)
    assert outcomes(stage)[before:] == [
        "second_factor_added",
        "recovery_codes_made",
        "second_factor_removed",
    ]
    assert len(stage.scalars(inbox).all()) == told + 3
