"""A registry with the cast of `tests.world`, and its people signed in behind checked clients."""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app import create_app
from app.config import Config
from app.domain.serials import Range
from app.store.databases import Database
from app.store.tables import LogEntry, Transaction
from tests import databases, world
from tests.pages import CheckedClient
from tests.world import PASSWORD, World

_TOKEN = re.compile(r'name="csrf[-_]token" (?:value|content)="([^"]+)"')


class PortalClient(CheckedClient):
    """Someone in front of the portal, whose forms carry the token of the last page shown."""

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and (found := _TOKEN.search(answer.text)):
            self.token = found[1]
        return answer

    def send(self, address: str, **fields: str) -> TestResponse:
        """Send a form."""
        return self.post(address, data={"csrf_token": self.token, **fields})


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
        made.set_cookie("language", language)
        return made

    def sign_in(self, login_id: str, language: str = "en") -> PortalClient:
        """Return a client of somebody signed in."""
        client = self.visitor(language)
        client.get("/sign-in")
        answer = client.send("/sign-in", login_id=login_id, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        client.get("/portal/")
        return client

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
    with databases.fresh_url(engine) as url:
        app = create_app(Config(database_url=url, secret_key="for tests only", testing=True))
        app.test_client_class = PortalClient
        database: Database = app.extensions["database"]
        yield Portal(app, database, database.write(world.build))
        database.close()


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
    """Collect every statement that requests send to the database."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    engines = (portal.database._writing, portal.database._reading)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
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
