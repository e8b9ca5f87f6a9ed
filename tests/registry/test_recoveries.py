"""Those who come by a link or a letter: what it does, and what it never does."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Outcome
from app.domain.notifications import Kind as Told
from app.domain.people import State
from app.domain.people_errors import (
    EmailUnconfirmed,
    LinkDead,
    OwnRequest,
    PasskeyRefused,
    ProofRequired,
    RequestOpen,
    TooManyAttempts,
)
from app.domain.requests import Asked, Delivery, Kind, Status
from app.registry import links, people, recoveries, requests, second_factors, sessions
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.registry.second_factors import Proof, Site
from app.registry.vaults import Vault
from app.store import credentials
from app.store import requests as request_questions
from app.store.tables import AccessEntry, Delivered, Mail, Notification, Request, User
from app.store.tables.credentials import Purpose
from app.store.tables.sessions import Stage
from tests.authenticator import Passkey
from tests.stages import refused
from tests.world import NOW, World, key

ORIGIN = Origin("192.0.2.1", "Firefox, Windows")
VAULT = Vault("for tests only")
SITE = Site("http://localhost", "localhost", "JCM Registry of Japan")
SETTING = Setting("JP", VAULT, ORIGIN)
CHALLENGE = b"what the page asked" * 2
ADDRESS = "aoba@example.com"


@pytest.fixture
def aoba(stage: Session, cast: World) -> User:
    """Aoba's proposer, whose mail address is on file."""
    user = stage.get_one(User, cast.aoba_proposer)
    user.email = ADDRESS
    stage.flush()
    return user


def ask(stage: Session, login_id: str, purpose: Purpose, *, at: datetime = NOW) -> None:
    recoveries.ask_for_link(stage, login_id, purpose, vault=VAULT, origin=ORIGIN, now=at)


def mailed(stage: Session) -> list[str]:
    """Return the secrets of all links mailed, oldest first."""
    query = select(Mail.sealed).where(Mail.sealed.is_not(None)).order_by(Mail.id)
    opened = [VAULT.open(sealed, "mail") for sealed in stage.scalars(query) if sealed]
    return [secret.decode() for secret in opened if secret]


def choose(
    stage: Session,
    secret: str,
    *,
    proof: Proof | None = None,
    reader: int | None = None,
    at: datetime = NOW,
) -> User:
    return recoveries.choose_password(
        stage,
        secret,
        "the hash",
        proof or Proof(),
        challenge=CHALLENGE,
        reader=reader,
        site=SITE,
        vault=VAULT,
        origin=ORIGIN,
        now=at,
    )


def outcomes(stage: Session, user_id: int | None) -> list[str]:
    query = select(AccessEntry.outcome).where(AccessEntry.user_id == user_id)
    return list(stage.scalars(query.order_by(AccessEntry.id)))


def told(stage: Session, kind: Told) -> set[int]:
    """Return who was told of something of a kind."""
    query = (
        select(Delivered.user_id)
        .join(Notification, Notification.id == Delivered.notification_id)
        .where(Notification.kind == kind)
    )
    return set(stage.scalars(query))


# Asking for a link


def test_a_link_goes_to_the_address_on_file(stage: Session, aoba: User) -> None:
    ask(stage, f" {aoba.login_id} ", Purpose.PASSWORD)
    mail = stage.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    assert (mail.address, mail.kind) == (ADDRESS, Told.PASSWORD_LINK)
    assert recoveries.opened(stage, *mailed(stage), reader=None, now=NOW).user.id == aoba.id
    assert outcomes(stage, aoba.id) == [Outcome.LINK_MADE]


def test_whoever_gets_no_link_is_in_the_access_log_with_the_cause(
    stage: Session, cast: World, aoba: User
) -> None:
    ask(stage, "nobody", Purpose.PASSWORD)
    assert outcomes(stage, None) == [Outcome.UNKNOWN_LOGIN_ID]
    ask(stage, "aoba-approver", Purpose.PASSWORD)
    assert outcomes(stage, cast.aoba_approver) == [Outcome.NOT_ACTIVE], "without an address"
    aoba.password_hash = None
    ask(stage, aoba.login_id, Purpose.PASSWORD)
    assert outcomes(stage, aoba.id) == [Outcome.NOT_ACTIVE], "it may be on its way by letter"
    aoba.password_hash, aoba.state = "a hash", State.SUSPENDED
    for purpose in recoveries.FORGOTTEN:
        ask(stage, aoba.login_id, purpose)
    assert outcomes(stage, aoba.id) == [Outcome.NOT_ACTIVE] * 3
    assert not mailed(stage)


def test_nobody_fills_anothers_mailbox(stage: Session, aoba: User) -> None:
    for _time in range(7):
        ask(stage, aoba.login_id, Purpose.PASSWORD)
    assert len(mailed(stage)) == 5
    assert outcomes(stage, aoba.id)[-1] == Outcome.LOCKED
    later = NOW + timedelta(minutes=15)
    ask(stage, aoba.login_id, Purpose.PASSWORD, at=later)
    assert len(mailed(stage)) == 6


def test_an_address_that_asks_too_often_waits(stage: Session, aoba: User) -> None:
    for _time in range(30):
        ask(stage, "nobody", Purpose.PASSWORD)
    with refused(stage, TooManyAttempts, minutes=5):
        ask(stage, aoba.login_id, Purpose.PASSWORD)
    with pytest.raises(TooManyAttempts):
        recoveries.check_open(stage, origin=ORIGIN, now=NOW)
    recoveries.check_open(stage, origin=Origin("192.0.2.2"), now=NOW)
    ask(stage, aoba.login_id, Purpose.PASSWORD, at=NOW + timedelta(minutes=5))


# Choosing a password


def test_o07_a_forgotten_password_is_replaced_with_the_registered_device(
    stage: Session, aoba: User
) -> None:
    ask(stage, aoba.login_id, Purpose.PASSWORD)
    (secret,) = mailed(stage)
    session_id, _token = sessions.begin(stage, aoba.id, Stage.FULL, origin=ORIGIN, now=NOW)
    proof = Proof(assertion=Passkey(login_id="aoba-proposer").given(CHALLENGE))
    assert choose(stage, secret, proof=proof).id == aoba.id
    assert aoba.password_hash == "the hash"
    assert not sessions.end(stage, session_id, because="test", now=NOW), "it has ended"
    assert told(stage, Told.PASSWORD_CHANGED) == {aoba.id}
    with refused(stage, LinkDead):
        choose(stage, secret, proof=proof)


def test_a_link_alone_does_not_bypass_the_second_factor(
    stage: Session, cast: World, aoba: User
) -> None:
    for purpose in recoveries.TO_PASSWORD:
        secret = links.make(stage, aoba, purpose, origin=ORIGIN, now=NOW)
        with refused(stage, ProofRequired):
            choose(stage, secret)
        another = Proof(assertion=Passkey(login_id="aoba-approver").given(CHALLENGE))
        with refused(stage, PasskeyRefused):
            choose(stage, secret, proof=another)
        elsewhere = Proof(assertion=Passkey(login_id="aoba-proposer").given(b"another page" * 3))
        with refused(stage, PasskeyRefused):
            choose(stage, secret, proof=elsewhere)
        recoveries.opened(stage, secret, reader=None, now=NOW)


def test_a_first_password_needs_no_second_factor_yet(stage: Session, aoba: User) -> None:
    new = people.create(stage, "new-person", name_en="New", name_ja="新", actor=None, now=NOW)
    letter = links.print_letter(stage, new, Purpose.ACTIVATION, origin=ORIGIN, now=NOW)
    assert choose(stage, letter.code).login_id == "new-person"
    assert not told(stage, Told.PASSWORD_CHANGED), "there was none before"


def test_an_initialised_password_that_is_chosen_anew_is_told_of(stage: Session, aoba: User) -> None:
    people.void_password(stage, aoba, reason="test", actor=None, now=NOW)
    second_factors.remove_all(stage, aoba, origin=ORIGIN, now=NOW)
    secret = links.make(stage, aoba, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
    choose(stage, secret)
    assert told(stage, Told.PASSWORD_CHANGED) == {aoba.id}


def test_a_link_is_dead_when_used_replaced_or_too_old(stage: Session, aoba: User) -> None:
    second_factors.remove_all(stage, aoba, origin=ORIGIN, now=NOW)
    old = links.make(stage, aoba, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
    newer = links.make(stage, aoba, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
    with refused(stage, LinkDead):
        choose(stage, old)
    with refused(stage, LinkDead):
        choose(stage, newer, at=NOW + timedelta(hours=24))
    choose(stage, newer, at=NOW + timedelta(hours=24, seconds=-1))
    with refused(stage, LinkDead):
        choose(stage, newer)


def test_nobody_uses_anothers_link_in_an_own_session(
    stage: Session, cast: World, aoba: User
) -> None:
    second_factors.remove_all(stage, aoba, origin=ORIGIN, now=NOW)
    secret = links.make(stage, aoba, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
    with refused(stage, LinkDead):
        recoveries.opened(stage, secret, reader=cast.outsider, now=NOW)
    with refused(stage, LinkDead):
        choose(stage, secret, reader=cast.outsider)
    choose(stage, secret, reader=aoba.id)


def test_a_link_of_somebody_who_was_stopped_is_dead(
    stage: Session, cast: World, aoba: User
) -> None:
    secret = links.make(stage, aoba, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
    aoba.state = State.SUSPENDED
    stage.flush()
    with refused(stage, LinkDead):
        choose(stage, secret)


def test_a_refused_link_is_in_the_access_log_of_its_person(stage: Session, aoba: User) -> None:
    secret = links.make(stage, aoba, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
    links.void(stage, aoba.id, now=NOW)
    recoveries.refused(stage, secret, origin=ORIGIN, now=NOW)
    recoveries.refused(stage, "no such link", origin=ORIGIN, now=NOW)
    assert outcomes(stage, aoba.id)[-1] == Outcome.LINK_REFUSED
    assert outcomes(stage, None) == [Outcome.LINK_REFUSED]


# Losing everything


def test_o08_the_emergency_link_stops_at_once_and_approval_leads_to_new_credentials(
    stage: Session, cast: World, aoba: User
) -> None:
    ask(stage, aoba.login_id, Purpose.EMERGENCY)
    (secret,) = mailed(stage)
    session_id, _token = sessions.begin(stage, aoba.id, Stage.FULL, origin=ORIGIN, now=NOW)
    request_id = recoveries.stop(stage, secret, reader=None, setting=SETTING, now=NOW)
    assert aoba.state is State.SUSPENDED
    assert not sessions.end(stage, session_id, because="test", now=NOW)
    request = stage.get_one(Request, request_id)
    assert (request.kind, request.status) == (Kind.REPLACE_SECOND_FACTOR, Status.WAITING)
    assert (request.user_id, request.asked_by) == (aoba.id, aoba.id)
    assert outcomes(stage, aoba.id)[-1] == Outcome.EMERGENCY_STOP
    deciding = {cast.aoba_proposer, cast.aoba_approver, cast.approver, cast.system_administrator}
    assert told(stage, Told.EMERGENCY_STOP) >= deciding - {cast.system_administrator}
    assert cast.outsider not in told(stage, Told.EMERGENCY_STOP)

    requests.approve(stage, request_id, actor=cast.approver, setting=SETTING, now=NOW)
    assert aoba.state is State.ACTIVE
    assert aoba.password_hash is None
    assert not credentials.factors(stage.connection(), aoba.id)
    chosen = choose(stage, mailed(stage)[-1])
    assert chosen.password_hash == "the hash"


def test_o09_whoever_asks_again_is_refused_and_there_is_one_task(
    stage: Session, aoba: User
) -> None:
    ask(stage, aoba.login_id, Purpose.EMERGENCY)
    recoveries.stop(stage, mailed(stage)[-1], reader=None, setting=SETTING, now=NOW)
    ask(stage, aoba.login_id, Purpose.EMERGENCY)
    again = mailed(stage)[-1]
    assert recoveries.opened(stage, again, reader=None, now=NOW).user.id == aoba.id
    with refused(stage, RequestOpen):
        recoveries.stop(stage, again, reader=None, setting=SETTING, now=NOW)
    waiting = request_questions.waiting_about(stage, aoba.id, [Kind.REPLACE_SECOND_FACTOR])
    assert len(waiting) == 1
    with pytest.raises(LinkDead):
        recoveries.stop(stage, mailed(stage)[0], reader=None, setting=SETTING, now=NOW)


def test_nobody_approves_a_stop_of_their_own(stage: Session, cast: World) -> None:
    approver = stage.get_one(User, cast.approver)
    secret = links.make(stage, approver, Purpose.EMERGENCY, origin=ORIGIN, now=NOW)
    made = recoveries.stop(stage, secret, reader=None, setting=SETTING, now=NOW)
    # Stopped, an administrator decides nothing; let back in, not on this.
    approver.state = State.ACTIVE
    stage.flush()
    with pytest.raises(OwnRequest):
        requests.approve(stage, made, actor=approver.id, setting=SETTING, now=NOW)
    assert stage.get_one(Request, made).status is Status.WAITING


def test_a_stop_that_was_a_mistake_ends_with_the_rejection(
    stage: Session, cast: World, aoba: User
) -> None:
    secret = links.make(stage, aoba, Purpose.EMERGENCY, origin=ORIGIN, now=NOW)
    made = recoveries.stop(stage, secret, reader=aoba.id, setting=SETTING, now=NOW)
    requests.reject(stage, made, reason="found again", actor=cast.approver, now=NOW)
    assert aoba.state is State.ACTIVE
    assert credentials.factors(stage.connection(), aoba.id)


# Another address


def test_a_new_address_counts_after_its_link_was_opened_and_the_change_approved(
    stage: Session, cast: World, aoba: User
) -> None:
    asked = Asked(
        Kind.CHANGE_DETAILS,
        login_id=aoba.login_id,
        name_en=aoba.name_en,
        name_ja=aoba.name_ja,
        email="new@example.com",
        delivery=Delivery.LINK,
    )
    made = requests.ask(stage, asked, key=key(), actor=aoba.id, setting=SETTING, now=NOW)
    with pytest.raises(EmailUnconfirmed):
        requests.approve(stage, made, actor=cast.approver, setting=SETTING, now=NOW)
    secret = mailed(stage)[-1]
    recoveries.confirm_address(stage, secret, reader=None, origin=ORIGIN, now=NOW)
    assert aoba.email == ADDRESS
    with refused(stage, LinkDead):
        recoveries.confirm_address(stage, secret, reader=None, origin=ORIGIN, now=NOW)
    requests.approve(stage, made, actor=cast.approver, setting=SETTING, now=NOW)
    assert aoba.email == "new@example.com"


def test_the_link_of_a_request_that_has_ended_is_dead(
    stage: Session, cast: World, aoba: User
) -> None:
    asked = Asked(
        Kind.CHANGE_DETAILS,
        login_id=aoba.login_id,
        name_en=aoba.name_en,
        name_ja=aoba.name_ja,
        email="new@example.com",
    )
    made = requests.ask(stage, asked, key=key(), actor=aoba.id, setting=SETTING, now=NOW)
    requests.withdraw(stage, made, reason="changed my mind", actor=aoba.id, now=NOW)
    late = links.make(stage, aoba, Purpose.EMAIL, facts={"request": made}, origin=ORIGIN, now=NOW)
    for secret in (mailed(stage)[-1], late):
        with pytest.raises(LinkDead):
            recoveries.confirm_address(stage, secret, reader=None, origin=ORIGIN, now=NOW)
    assert "confirmed" not in stage.get_one(Request, made).before
