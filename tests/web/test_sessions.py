"""The reading session of a request."""

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from app.web import sessions
from tests.pages import CheckedClient


def test_a_request_has_one_reading_session_in_which_nothing_can_be_written(site: Flask) -> None:
    with site.app_context():
        session = sessions.reading()
        assert sessions.reading() is session
        with pytest.raises(DBAPIError):
            session.execute(text("DELETE FROM projects"))


def test_pages_and_files_give_their_connections_back(site: Flask, client: CheckedClient) -> None:
    for address in ("/en/", "/en/credits.csv", "/en/credits?q=9-3", "/en/nothing"):
        client.get(address).get_data()
    with site.app_context(), sessions.database().reading() as session:
        engine = session.get_bind()
        assert isinstance(engine, Engine)
        assert isinstance(engine.pool, QueuePool)
        assert engine.pool.checkedout() == 0


def test_the_registry_knows_what_it_is(site: Flask) -> None:
    with site.app_context():
        assert sessions.registry().code == "JP"
