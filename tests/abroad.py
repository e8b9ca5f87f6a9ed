"""Two registries that exchange, as their people use them: see `tests.exchanging`."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from app.domain.text import Text
from tests import apps
from tests.exchanging import PARTIES, SEEDS, Side, Two, two
from tests.portal import Portal, PortalClient


@dataclass
class Abroad:
    """Both registries, and the portal of each."""

    both: Two
    japan: Portal
    mongolia: Portal


@contextmanager
def abroad(one: str, other: str) -> Generator[Abroad, None, None]:
    """Open two registries on the engines named, each behind its own app."""
    with two(one, other) as both, _portal(both.japan) as japan, _portal(both.mongolia) as mongolia:
        yield Abroad(both, japan, mongolia)


@contextmanager
def _portal(side: Side) -> Generator[Portal, None, None]:
    url = side.database.engine.url.render_as_string(hide_password=False)
    party = PARTIES[side.code]
    with apps.lent(url, PortalClient) as app:
        app.config["REGISTRY"] = replace(
            app.config["REGISTRY"],
            code=side.code,
            name=Text(f"Registry {side.code}", f"登録簿 {side.code}"),
            party=party.code,
            itmo_registry=party.registry,
            signing_key=SEEDS[side.code],
        )
        yield Portal(app, app.extensions["database"], side.cast)
