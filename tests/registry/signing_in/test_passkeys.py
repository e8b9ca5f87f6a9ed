"""Passkeys: only the answer to this challenge, for this site, by this person's key."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people_errors import FactorKnown, PasskeyRefused
from app.registry import second_factors
from app.registry.logs import Origin
from app.registry.second_factors import Proof, Proven, Site
from app.registry.vaults import Vault
from app.store.tables import SecondFactor
from app.store.tables.credentials import Method
from tests.authenticator import Passkey
from tests.devices import newcomer, user
from tests.stages import refused
from tests.world import NOW, World

SITE = Site("http://localhost", "localhost", "Registry")
HERE = Origin("192.0.2.7", "Firefox, Windows")
CHALLENGE = b"what is to be proved"


def prove(session: Session, user_id: int, proof: Proof) -> Proven:
    return second_factors.prove(
        session,
        user_id,
        proof,
        challenge=CHALLENGE,
        site=SITE,
        vault=Vault("for tests only"),
        now=NOW,
    )


def test_a_passkey_answers_its_own_challenge(stage: Session, cast: World) -> None:
    answer = Passkey(login_id="operator").given(CHALLENGE)
    proven = prove(stage, cast.operator, Proof(assertion=answer))
    assert proven.method is Method.PASSKEY
    assert proven.assertion is not None
    assert set(proven.assertion["response"]) == {
        "clientDataJSON",
        "authenticatorData",
        "signature",
    }


@pytest.mark.parametrize(
    "answer",
    [
        Passkey(login_id="operator").given(b"another challenge"),
        Passkey("http://evil.example", "operator").given(CHALLENGE),
        Passkey("https://localhost", "operator").given(CHALLENGE),
        Passkey("http://localhost:81", "operator").given(CHALLENGE),
        Passkey(login_id="operator", seed=2).given(CHALLENGE),
        Passkey(login_id="approver").given(CHALLENGE),
        Passkey(login_id="operator").made(CHALLENGE),
    ],
    ids=["challenge", "site", "scheme", "port", "key", "person", "registration"],
)
def test_any_other_answer_is_refused(stage: Session, cast: World, answer: str) -> None:
    with refused(stage, PasskeyRefused, field="code"):
        prove(stage, cast.operator, Proof(assertion=answer))


JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=20)
    | some.sampled_from(["AAAA", "public-key", "webauthn.get"]),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(
            some.sampled_from(
                ["id", "rawId", "type", "response", "clientDataJSON", "signature", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)
GENUINE = json.loads(Passkey(login_id="operator").given(CHALLENGE))
MADE = json.loads(Passkey(login_id="new").made(CHALLENGE))
PLACES = ["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature"]


def spoilt(genuine: dict[str, Any], place: str, value: object) -> str:
    answer = json.loads(json.dumps(genuine))
    (answer if place in answer else answer["response"])[place] = value
    return json.dumps(answer)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    garbage=some.one_of(
        some.text(max_size=60),
        JSON.map(json.dumps),
        some.builds(spoilt, some.just(GENUINE), some.sampled_from(PLACES), JSON),
        some.just("[" * 100_000),
        some.just('{"id":' + "9" * 5_000 + "}"),
    ).filter(bool)
)
def test_whatever_comes_as_an_answer_is_refused_and_no_fault(
    stage: Session, cast: World, garbage: str
) -> None:
    with suppress(PasskeyRefused):
        # What was put in may be what was there.
        assert prove(stage, cast.operator, Proof(assertion=garbage)).assertion is not None
        assert spoilt(json.loads(garbage), "type", "public-key") == json.dumps(GENUINE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    garbage=some.one_of(
        some.text(max_size=60),
        JSON.map(json.dumps),
        some.builds(
            spoilt, some.just(MADE), some.sampled_from([*PLACES, "attestationObject"]), JSON
        ),
        some.binary(max_size=40).map(
            lambda data: spoilt(MADE, "attestationObject", data.hex()),
        ),
        some.just("[" * 100_000),
    )
)
def test_whatever_comes_as_a_new_passkey_is_refused_or_sound(
    stage: Session, cast: World, garbage: str
) -> None:
    with stage.begin_nested() as nothing, suppress(PasskeyRefused):
        made = passkey(stage, "operator", garbage)
        nothing.rollback()
        assert made.credential_id == Passkey(login_id="new").credential_id


def passkey(session: Session, login_id: str, answer: str, name: str = "Key") -> SecondFactor:
    return second_factors.add_passkey(
        session,
        user(session, login_id),
        answer,
        name=name,
        challenge=CHALLENGE,
        site=SITE,
        origin=HERE,
        now=NOW,
    )


def test_a_passkey_is_added_with_its_public_key_and_works(stage: Session, cast: World) -> None:
    who = newcomer(stage, "hanako")
    made = passkey(stage, "hanako", Passkey(login_id="hanako").made(CHALLENGE))
    assert (made.method, made.secret, made.sign_count) == (Method.PASSKEY, None, 0)
    answer = Passkey(login_id="hanako").given(CHALLENGE)
    assert prove(stage, who, Proof(assertion=answer)).factor_id == made.id


def test_a_passkey_made_for_another_challenge_or_site_is_not_added(
    stage: Session, cast: World
) -> None:
    newcomer(stage, "hanako")
    for answer in (
        Passkey(login_id="hanako").made(b"another"),
        Passkey("http://evil.example", "hanako").made(CHALLENGE),
        Passkey(login_id="hanako").given(CHALLENGE),
        "",
    ):
        with refused(stage, PasskeyRefused, field="passkey"):
            passkey(stage, "hanako", answer)


def test_a_passkey_is_registered_once(stage: Session, cast: World) -> None:
    with refused(stage, FactorKnown, field="passkey"):
        passkey(stage, "approver", Passkey(login_id="operator").made(CHALLENGE))


def test_a_passkey_whose_count_goes_back_was_copied(stage: Session, cast: World) -> None:
    kept = stage.scalars(select(SecondFactor).where(SecondFactor.user_id == cast.operator)).one()
    kept.sign_count = 7
    stage.flush()
    with refused(stage, PasskeyRefused):
        prove(stage, cast.operator, Proof(assertion=json.dumps(GENUINE)))
