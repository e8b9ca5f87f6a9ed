"""Whatever is done with a password, a code, a link or a token, none of them is written down.

Neither in the logs, nor in a notification or a mail, nor in what the program itself logs.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pyotp
import pytest
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.people import State
from app.domain.people_errors import LinkDead, PasswordWrong
from app.registry import (
    links,
    logs,
    passwords,
    people,
    second_factors,
    sessions,
    sign_in,
    totp,
    vaults,
)
from app.registry.logs import Origin
from app.registry.second_factors import Proof, Site
from app.store.tables import User
from app.store.tables.credentials import Purpose
from app.store.tables.sessions import Stage
from app.web import cookies
from tests import portal as portals
from tests import world
from tests.portal import Portal, proposal
from tests.world import NOW

ORIGIN = Origin("192.0.2.7", "Firefox, Windows")
SITE = Site("http://localhost", "localhost", "Registry")


def test_asvs_16_2_5_no_secret_stands_in_a_log_or_a_notification(
    engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with portals.opened(engine) as portal:
        look(portal, caplog)


def look(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    secrets = [*at_the_door(portal)]
    secrets += portal.database.write(lambda session: [*by_the_verbs(session, portal)])
    assert len(secrets) > 20
    with portal.database.reading() as session:
        written = {
            name: [str(row) for row in session.execute(sql(f"SELECT * FROM {name}"))]
            for name in ("log_entries", "access_entries", "notifications", "inbox", "mails")
        }
    assert all(len(rows) > 5 for rows in written.values()), {n: len(r) for n, r in written.items()}
    written["the program's own log"] = caplog.messages
    for secret in secrets:
        assert len(secret) >= 6
        assert not {name for name, rows in written.items() if secret in "\n".join(rows)}, secret


def at_the_door(portal: Portal) -> Iterator[str]:
    """Sign in with wrong passwords and codes, then rightly; yield every secret that was sent."""
    visitor = portal.visitor()
    for login_id in ("operator", "nobody"):
        yield "marked-wrong-password"
        visitor.get("/sign-in")
        visitor.send("/sign-in", login_id=login_id, password="marked-wrong-password")
    visitor.get("/sign-in")
    visitor.send("/sign-in", login_id="operator", password=world.PASSWORD)
    yield world.PASSWORD
    for code in ("739154", "MARK-EDRE-COVE-RYCO"):
        yield code
        visitor.get("/sign-in/code")
        assert visitor.send("/sign-in/code", code=code).status_code == 422
    visitor.send("/sign-in/code", assertion='{"id": "marked-assertion"}')
    yield "marked-assertion"
    client = portal.sign_in("aoba-proposer")
    for name in ("session", "device"):
        cookie = client.get_cookie(cookies.named(name, portal.app.config["REGISTRY"]))
        assert cookie is not None
        yield cookie.value
    portal.issued(100)
    client.send("/portal/transfers", **proposal(portal), code="582941")
    yield "582941"
    client.send("/sign-out")


def by_the_verbs(session: Session, portal: Portal) -> Iterator[str]:
    """Do all that a secret goes with; yield every secret there was."""
    user = session.get_one(User, portal.world.kaede_proposer)
    user.email = "kaede@example.com"
    said: dict[str, Any] = {"origin": ORIGIN, "now": NOW}
    vault = vaults.Vault("key of the vault")
    sealed: dict[str, Any] = {"address": "kaede@example.com", "vault": vault}
    _session_id, token = sessions.begin(session, user.id, Stage.FULL, **said)
    yield token
    for make in (
        lambda: links.send(session, user, Purpose.PASSWORD, **sealed, **said),
        lambda: links.make(session, user, Purpose.SECOND_FACTOR, **said),
        lambda: links.print_letter(session, user, Purpose.ACTIVATION, **said).code,
        lambda: links.send(session, user, Purpose.EMERGENCY, **sealed, **said),
    ):
        secret = make()
        yield secret
        links.use(session, secret, set(Purpose), **said)
        with pytest.raises(LinkDead):
            links.use(session, secret, set(Purpose), **said)
    new = "a-marked-new-password"
    yield new
    people.set_password(session, user, passwords.hash_of(new), **said)
    yield user.password_hash or ""
    yield "marked-old-password"
    with pytest.raises(PasswordWrong):
        people.check_present_password(session, user.id, "marked-old-password")
    yield from by_second_factors(session, user, vault)
    people.void_password(session, user, reason="lost", actor=portal.world.operator, now=NOW)
    people.change_state(
        session, user, State.SUSPENDED, reason="lost", actor=portal.world.operator, now=NOW
    )


def by_second_factors(session: Session, user: User, vault: vaults.Vault) -> Iterator[str]:
    said: dict[str, Any] = {"origin": ORIGIN, "now": NOW}
    key = totp.new_secret("SHA1")
    code = pyotp.TOTP(key).at(NOW)
    yield from (key, code)
    second_factors.add_totp(session, user, {"SHA1": key}, code, name="Phone", vault=vault, **said)
    codes = second_factors.make_recovery_codes(session, user, **said)
    yield from codes
    for proof in (Proof(code), Proof(codes[0]), Proof(codes[0]), Proof("marked-no-such-code")):
        try:
            sign_in.prove(session, user.id, proof, challenge=b"", site=SITE, vault=vault, **said)
        except Refusal as refusal:
            sign_in.wrong_code(session, user.id, refusal, **said)
            logs.refused(session, "prove", "x", refusal, actor=user.id, now=NOW)
    yield "marked-no-such-code"
    second_factors.remove_all(session, user, **said)
