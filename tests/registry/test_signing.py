"""Signing an act: a fresh second factor for exactly this act, in this session, by this person."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people_errors import CodeUsed, CodeWrong, PasskeyRefused, ProofRequired
from app.registry import second_factors, signing, totp
from app.registry.logs import Origin
from app.registry.second_factors import Proof, Proven, Site
from app.registry.vaults import Vault
from app.store.tables import Signature
from app.store.tables.credentials import Method
from tests.authenticator import Passkey
from tests.devices import Phone, user
from tests.stages import refused
from tests.world import NOW, World

SITE = Site("http://localhost", "localhost", "Registry")
VAULT = Vault("for tests only")
TOKEN = "the token of a session"
FACTS = {"number": "JP0000000001", "quantity": 10, "values": {"target": "JP-121"}}
SIGNED = signing.content("approve", FACTS)


def sign(
    session: Session, user_id: int, proof: Proof, signed: bytes = SIGNED, token: str = TOKEN
) -> Proven:
    return signing.sign(
        session,
        user_id,
        "approve",
        signed,
        proof,
        session_token=token,
        site=SITE,
        vault=VAULT,
        now=NOW,
    )


def answer(signed: bytes = SIGNED, token: str = TOKEN, login_id: str = "operator") -> Proof:
    challenge = signing.challenge(token, signed)
    return Proof(assertion=Passkey(login_id=login_id).given(challenge))


def test_what_is_signed_depends_on_the_act_and_on_every_fact() -> None:
    digests = {
        SIGNED,
        signing.content("reject", FACTS),
        signing.content("approve", FACTS | {"quantity": 11}),
        signing.content("approve", FACTS | {"quantity": "10"}),
        signing.content("approve", FACTS | {"values": {"target": "JP-122"}}),
        signing.content("approve", FACTS | {"more": ""}),
        signing.content("approve", {}),
    }
    assert len(digests) == 7
    assert {len(digest) for digest in digests} == {32}
    assert signing.content("approve", dict(reversed(FACTS.items()))) == SIGNED


def test_a_passkey_signs_and_its_answer_is_kept(stage: Session, cast: World) -> None:
    proof = answer()
    sign(stage, cast.operator, proof)
    kept = stage.scalars(select(Signature)).one()
    assert (kept.at, kept.user_id, kept.action) == (NOW, cast.operator, "approve")
    assert (kept.method, kept.content) == (Method.PASSKEY, SIGNED)
    assert kept.proof is not None
    assert set(kept.proof["response"]) == {"clientDataJSON", "authenticatorData", "signature"}


@pytest.mark.parametrize(
    ("signed", "token", "login_id"),
    [
        (signing.content("approve", FACTS | {"quantity": 11}), TOKEN, "operator"),
        (signing.content("reject", FACTS), TOKEN, "operator"),
        (SIGNED, "another session", "operator"),
        (SIGNED, TOKEN, "approver"),
    ],
    ids=["other facts", "other act", "other session", "other person"],
)
def test_an_answer_is_worth_nothing_for_anything_else(
    stage: Session, cast: World, signed: bytes, token: str, login_id: str
) -> None:
    with refused(stage, PasskeyRefused, field="code"):
        sign(stage, cast.operator, answer(signed, token, login_id))


def test_a_code_signs_one_act(stage: Session, cast: World) -> None:
    device = Phone(totp.new_secret("SHA1"))
    second_factors.add_totp(
        stage,
        user(stage, "operator"),
        {"SHA1": device.secret},
        device.code(NOW - timedelta(seconds=30)),
        name="Phone",
        vault=VAULT,
        origin=Origin(),
        now=NOW,
    )
    code = Proof(device.code(NOW))
    assert sign(stage, cast.operator, code).method is Method.TOTP
    with refused(stage, CodeUsed):
        sign(stage, cast.operator, code, signing.content("approve", {"number": "another"}))
    kept = stage.scalars(select(Signature)).one()
    assert (kept.content, kept.proof) == (SIGNED, None)


def test_without_a_proof_or_with_a_recovery_code_nothing_is_signed(
    stage: Session, cast: World
) -> None:
    with refused(stage, ProofRequired, field="code"):
        sign(stage, cast.operator, Proof())
    codes = second_factors.make_recovery_codes(
        stage, user(stage, "operator"), origin=Origin(), now=NOW
    )
    with refused(stage, CodeWrong):
        sign(stage, cast.operator, Proof(codes[0]))
    assert not stage.scalars(select(Signature)).all()
