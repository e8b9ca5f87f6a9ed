"""Links in the mailboxes of a registry's people, and what happens around them: for the tests."""

import html
import json
import re
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import base64url_to_bytes

from app.domain.requests import Asked, Kind, Status
from app.registry import links, passwords, people, requests
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.registry.vaults import Vault
from app.store.tables import AccessEntry, Mail, Request, User
from app.store.tables.credentials import Purpose
from tests import authenticator, world
from tests.authenticator import Passkey
from tests.portal import Portal, PortalClient

ORIGIN = Origin("192.0.2.1", "Firefox, Windows")


def change(portal: Portal, login_id: str, **values: object) -> None:
    def write(session: Session) -> None:
        user = session.scalars(select(User).where(User.login_id == login_id)).one()
        for name, value in values.items():
            setattr(user, name, value)
        session.flush()

    portal.database.write(write)


def vault(portal: Portal) -> Vault:
    found: Vault = portal.app.extensions["vault"]
    return found


def mails(portal: Portal) -> list[Mail]:
    with portal.database.reading() as session:
        query = select(Mail).where(Mail.sealed.is_not(None)).order_by(Mail.id)
        return list(session.scalars(query))


def mailed(portal: Portal) -> str:
    """Return where the link of the latest mail leads."""
    mail = mails(portal)[-1]
    secret = vault(portal).open(mail.sealed or b"", "mail")
    assert secret is not None
    return f"{mail.path}{secret.decode()}"


def made(portal: Portal, purpose: Purpose, *, at: datetime | None = None) -> str:
    def make(session: Session) -> str:
        user = session.scalars(select(User).where(User.login_id == "aoba-proposer")).one()
        return links.make(session, user, purpose, origin=ORIGIN, now=at or datetime.now(UTC))

    return f"/links/{portal.database.write(make)}"


def letter(portal: Portal) -> str:
    def make(session: Session) -> str:
        at = datetime.now(UTC)
        new = people.create(session, "new-person", name_en="New", name_ja="New", actor=None, now=at)
        return links.print_letter(session, new, Purpose.ACTIVATION, origin=ORIGIN, now=at).code

    return portal.database.write(make)


def signed(page: str, login_id: str) -> str:
    return Passkey(login_id=login_id).given(authenticator.asked(page))


def creating(page: str) -> bytes:
    """Return the challenge with which a page asks for a new passkey."""
    found = re.search(r'data-passkey-create="([^"]+)"', page)
    assert found, "the page makes no passkey"
    return base64url_to_bytes(json.loads(html.unescape(found[1]))["challenge"])


def approve(portal: Portal) -> None:
    """Let an administrator approve the one request there is."""

    def decide(session: Session) -> None:
        waiting = session.scalars(select(Request).where(Request.status == Status.WAITING)).one()
        setting = Setting("JP", vault(portal), ORIGIN)
        at = datetime.now(UTC)
        requests.approve(session, waiting.id, actor=portal.world.approver, setting=setting, now=at)

    portal.database.write(decide)


def ask_for_address(portal: Portal) -> int:
    asked = Asked(
        Kind.CHANGE_DETAILS,
        login_id="aoba-proposer",
        name_en="Aoba Proposer",
        name_ja="Aoba Proposer",
        email="new@example.com",
    )
    return portal.database.write(
        lambda session: requests.ask(
            session,
            asked,
            key=world.key(),
            actor=portal.world.aoba_proposer,
            setting=Setting("JP", vault(portal), ORIGIN),
            now=datetime.now(UTC),
        )
    )


def confirmed(portal: Portal, number: int) -> bool:
    with portal.database.reading() as session:
        return bool(session.get_one(Request, number).before.get("confirmed"))


def outcomes(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return list(session.scalars(select(AccessEntry.outcome).order_by(AccessEntry.id)))


def password_of(portal: Portal, login_id: str, password: str) -> bool:
    with portal.database.reading() as session:
        user = session.scalars(select(User).where(User.login_id == login_id)).one()
        return passwords.matches(user.password_hash or "", password)


def signs_in(portal: Portal, login_id: str, password: str) -> PortalClient:
    """Sign in with a password and the passkey of the tests."""
    visitor = portal.visitor()
    visitor.get("/sign-in")
    answer = visitor.send("/sign-in", login_id=login_id, password=password)
    assert answer.status_code == 303, answer.text
    proof = signed(visitor.get(answer.location).text, login_id)
    assert visitor.send("/sign-in/code", assertion=proof).status_code == 303
    return visitor
