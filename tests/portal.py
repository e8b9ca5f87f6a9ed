"""A registry with the cast of `tests.world`, and its people signed in behind checked clients."""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask import session as cookie
from flask_wtf.csrf import generate_csrf
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.domain.serials import Range
from app.registry import sign_in as verbs
from app.registry import signing
from app.registry.logs import Origin
from app.registry.second_factors import Proof
from app.registry.sign_in import Checked, Entered
from app.store.databases import Database
from app.store.tables import LogEntry, Transaction
from app.web import readers, sessions
from app.web.orders import FORMS
from app.web.request_fields import FORMS as REQUESTS
from app.web.sessions import now, reading, renew
from tests import apps, authenticator, world
from tests.authenticator import Passkey
from tests.pages import CheckedClient
from tests.world import PASSWORD, World

_TOKEN = re.compile(r'name="csrf[-_]token" (?:value|content)="([^"]+)"')
#: Seconds that no test lasts.
_ALWAYS = 1e9


class PortalClient(CheckedClient):
    """Someone in front of the portal, whose forms carry the token of the last page shown.

    What is to be signed is signed with the person's passkey, unless the form brings a proof.
    """

    token = ""
    login_id = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and (found := _TOKEN.search(answer.text)):
            self.token = found[1]
        return answer

    def send(self, address: str, **fields: str) -> TestResponse:
        """Send a form."""
        if not {"code", "assertion"} & fields.keys():
            fields |= self._proof(address, fields)
        return self.post(address, data={"csrf_token": self.token, **fields})

    def _proof(self, address: str, fields: dict[str, str]) -> dict[str, str]:
        if not self.login_id:
            return {}
        word = address.removeprefix("/portal/")
        if word in FORMS:
            fields.setdefault("key", world.key())
            cookie = self.get_cookie(self.application.config["SESSION_COOKIE_NAME"])
            assert cookie is not None
            challenge = authenticator.proposal(authenticator.token(cookie.value), word, fields)
        elif word.removeprefix("requests/") in REQUESTS:
            fields.setdefault("key", world.key())
            answer = self.post(f"{address}/check", data={"csrf_token": self.token, **fields})
            if "data-passkey-get" not in answer.text:
                return {}
            challenge = authenticator.asked(answer.text)
        elif address.endswith(("/approval", "/submission")):
            # An application is signed where its answers are checked.
            answer = self.get(address.replace("/submission", "/check"))
            if "data-passkey-get" not in answer.text:
                return {}
            challenge = authenticator.asked(answer.text)
        else:
            return {}
        return {"assertion": Passkey(login_id=self.login_id).given(challenge)}


class Portal:
    """One registry as its people use it."""

    def __init__(self, app: Flask, database: Database, world: World) -> None:
        self.app = app
        self.database = database
        self.world = world

    def visitor(self, language: str = "en") -> PortalClient:
        """Return a client of somebody who is not signed in."""
        made = self.app.test_client()
        assert isinstance(made, PortalClient)
        made.set_cookie(f"language_{self.app.config['REGISTRY'].code.lower()}", language)
        return made

    def sign_in(self, login_id: str, language: str = "en") -> PortalClient:
        """Return a client of somebody signed in: by what the pages do, which other tests open."""
        client = self.visitor(language)
        client.login_id = login_id
        with self.app.test_request_context(environ_base=client.environ_base):
            origin, at = readers.origin(), now()
            checked = verbs.check(
                reading(), login_id, PASSWORD, device_token="", origin=origin, now=at
            )
            answer = self.app.make_response("")
            entered = self.database.write(
                lambda session: self._entered(session, login_id, checked, origin, at)
            )
            renew()
            readers.enter(entered.token)
            readers.remember_device(answer, entered.device_token)
            client.token = generate_csrf()
            self.app.session_interface.save_session(self.app, cookie, answer)
        client._update_cookies_from_response("localhost", "/", answer.headers.getlist("Set-Cookie"))
        return client

    def _entered(
        self, session: Session, login_id: str, checked: Checked, origin: Origin, at: datetime
    ) -> Entered:
        half, token = verbs.begin(session, checked, origin=origin, now=at)
        challenge = signing.challenge(token, signing.content("sign in", {}))
        verbs.prove(
            session,
            checked.user_id,
            Proof(assertion=Passkey(login_id=login_id).given(challenge)),
            challenge=challenge,
            site=readers.site(),
            vault=readers.vault(),
            origin=origin,
            now=at,
        )
        return verbs.enter(session, checked.user_id, half, device_token="", origin=origin, now=at)

    def issued(self, quantity: int = 1_000, **where: Any) -> Range:
        """Issue credits, to Aoba unless it is said where."""
        return self.database.write(
            lambda session: world.issued(session, self.world, quantity=quantity, **where)
        )

    def transactions(self) -> Sequence[Transaction]:
        """Return every movement that was asked for, issuances left out."""
        with self.database.reading() as session:
            query = select(Transaction).where(Transaction.source_id.is_not(None))
            return session.scalars(query.order_by(Transaction.id)).all()

    def refusals(self) -> list[str]:
        """Return the codes of what was refused, oldest first."""
        with self.database.reading() as session:
            query = select(LogEntry.refusal).where(LogEntry.refusal.is_not(None))
            return [str(code) for code in session.scalars(query.order_by(LogEntry.id))]


@contextmanager
def opened(engine: str) -> Generator[Portal, None, None]:
    """Open a registry on an engine; it is gone on leaving."""
    with world.populated_url(engine) as (url, cast), apps.lent(url, PortalClient) as app:
        yield Portal(app, app.extensions["database"], cast)


def proposal(portal: Portal, **fields: str) -> dict[str, str]:
    """Return the transfer form as Aoba would fill it in, with some fields otherwise."""
    form = {"source": portal.world.aoba, "target": portal.world.kaede, "quantity": "10"}
    return form | {"key": world.key()} | fields


def number(answer: TestResponse) -> str:
    """Return the number of the transaction an answer leads to."""
    assert answer.status_code == 303, answer.text
    found = re.search(r"/portal/transactions/(JP\d{10})", answer.location)
    assert found, answer.location
    return found[1]


@contextmanager
def counted(portal: Portal) -> Generator[list[str], None, None]:
    """Collect every statement that requests send to the database.

    What the app keeps for some seconds is kept for as long as the test takes, on any machine.
    """
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    engines = (portal.database._writing, portal.database._reading)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sessions, "_KEPT_SECONDS", _ALWAYS)
            yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)


def refused(client: PortalClient, address: str, form: dict[str, str], **at: str) -> None:
    """Send a form and find each refusal at its field and above, and all that was typed."""
    answer = client.send(address, **form)
    assert answer.status_code == 422, (form, answer.status_code)
    found = error_summary(answer.text)
    assert list(found) == list(at), (form, found)
    for field, sentence in at.items():
        assert sentence in found[field], (form, found)
        if field:
            assert f'id="{field}_error"' in answer.text
    for name in {"target", "quantity", "remark", "key"} & form.keys():
        assert escaped(form[name].strip()) in answer.text


def error_summary(text: str) -> dict[str, str]:
    """Return the error summary: field by sentence."""
    summary = text.partition('class="errors"')[2].partition("</div>")[0]
    items = re.findall(r'<li>(?:<a href="#(\w+)">)?([^<]+)', summary)
    return {field: sentence.replace("&#39;", "'") for field, sentence in items}


def escaped(typed: str) -> str:
    return typed.replace("&", "&amp;").replace("<", "&lt;")
