"""My profile: all of me on one page, in my own language, and nobody else on it."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.requests import Asked, Kind
from app.registry import requests
from app.registry.effects import Setting
from app.registry.logs import Origin
from app.store.tables import User
from tests import world
from tests.portal import Portal, counted

LANGUAGES = pytest.mark.parametrize("language", ["en", "ja"])


@LANGUAGES
def test_the_page_shows_all_there_is_of_the_reader(portal: Portal, language: str) -> None:
    asked_for(portal, "aoba-proposer")
    client = portal.sign_in("aoba-proposer", language)
    text = client.get("/portal/profile/").text
    for shown in ("Aoba Proposer", "aoba-proposer", "Passkey of the tests", "R-000001"):
        assert shown in text
    assert "kaede" not in text.lower()
    assert text.count("127.0.0.1") >= 2, "the session, and the access log"


def test_requests_about_others_are_not_shown(portal: Portal) -> None:
    asked_for(portal, "kaede-proposer")
    assert "R-0000" not in portal.sign_in("aoba-proposer").get("/portal/profile/").text


def test_the_language_changes_at_once_and_stays(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer", "en")
    client.get("/portal/profile/")
    answer = client.send("/portal/profile/language", chosen="ja")
    assert answer.status_code == 303
    shown = client.get(client.get(answer.location).location)
    assert '<html lang="ja">' in shown.text
    with portal.database.reading() as session:
        user = session.scalars(select(User).where(User.login_id == "aoba-proposer")).one()
        assert user.language == "ja"
    client.delete_cookie("language_jp")
    assert '<html lang="ja">' in client.get("/portal/profile/").text
    client.send("/portal/profile/language", chosen="tlh")
    assert '<html lang="ja">' in client.get("/portal/profile/").text


def test_the_page_costs_at_most_twelve_statements(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer")
    client.get("/portal/profile/")
    with counted(portal) as statements:
        assert client.get("/portal/profile/").status_code == 200
    asked = [one for one in statements if not re.match(r"BEGIN|PRAGMA|SET|SHOW", one)]
    assert len(asked) <= 12, asked


def test_the_profile_is_behind_sign_in(portal: Portal) -> None:
    assert portal.visitor().get("/portal/profile/").status_code == 303


def asked_for(portal: Portal, login_id: str) -> None:
    def ask(session: Session) -> None:
        user = session.scalars(select(User).where(User.login_id == login_id)).one()
        asked = Asked(Kind.INITIALISE_PASSWORD, login_id=login_id)
        setting = Setting("JP", portal.app.extensions["vault"], Origin())
        actor = portal.world.operator
        assert user.id != actor
        requests.ask(session, asked, key=world.key(), actor=actor, setting=setting, now=world.NOW)

    portal.database.write(ask)
