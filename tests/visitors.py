"""The steps of signing in as a visitor takes them, page by page."""

import re

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.devices import logged, newcomer
from tests.portal import Portal, PortalClient
from tests.world import PASSWORD

WHO = "aoba-proposer"


def outcomes(portal: Portal) -> list[str]:
    return [entry.outcome for entry in logged(portal)]


def typed(client: PortalClient, login_id: str = WHO, password: str = PASSWORD) -> TestResponse:
    """Send login ID and password from the page of sign-in, and look at the page that follows."""
    client.get("/sign-in")
    answer = client.send("/sign-in", login_id=login_id, password=password)
    if answer.status_code == 303:
        client.get(answer.location)
    return answer


def add(portal: Portal, login_id: str) -> None:
    """Let there be somebody who never signed in."""

    def write(session: Session) -> None:
        newcomer(session, login_id)

    portal.database.write(write)


def hidden(text: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]
