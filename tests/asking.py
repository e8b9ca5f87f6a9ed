"""Requests about people, asked for and decided by the verbs, for tests that begin with one."""

from typing import Any

from app.domain.requests import Asked, Kind, number
from app.domain.roles import Right
from app.registry import requests
from app.registry.effects import Setting
from app.registry.logs import Origin
from tests.portal import Portal
from tests.world import NOW, key


def setting(portal: Portal) -> Setting:
    return Setting("JP", portal.app.extensions["vault"], Origin())


def ask(portal: Portal, kind: Kind, *, actor: int, **asked: Any) -> str:
    """Ask for something and return the number of the request."""
    asking = Asked(kind, **asked)
    found = portal.database.write(
        lambda session: requests.ask(
            session, asking, key=key(), actor=actor, setting=setting(portal), now=NOW
        )
    )
    return number(found)


def newcomer(portal: Portal) -> str:
    """Let Aoba's proposer ask to add a new person to Aoba's account."""
    return ask(
        portal,
        Kind.ADD_REPRESENTATIVE,
        actor=portal.world.aoba_proposer,
        account=portal.world.aoba,
        right=Right.READ,
        name_en="Hanako Mori",
        name_ja="森 花子",
        email="mori@aoba.example",
        comment="Our auditor",
    )


def main(text: str) -> str:
    """Return what a page says beyond its frame, which tells when the session ends."""
    return text.partition("<main")[2].partition("</main>")[0]
