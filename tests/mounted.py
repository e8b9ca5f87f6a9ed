"""Two registries in one process: Japan's at / and Mongolia's at /mn, each with its own people."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import settings
from app.config import ROOT, Config
from app.mounts import Mounts
from app.store.databases import Database
from tests import databases, world
from tests.portal import Portal, PortalClient

MN = ROOT / "app" / "data" / "registries" / "mn" / settings.NAME


class MountedClient(PortalClient):
    """Someone in front of one of the registries, whose requests pass the mount."""

    @property
    def root(self) -> str:
        return str(self.application.config["REGISTRY"].path)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        address, *rest = args
        return super().open(self.below(address), *rest, **kwargs)

    def below(self, address: str) -> str:
        """Return an address below the registry's path, where it does not lie there already."""
        is_there = address == self.root or address.startswith((f"{self.root}/", "http"))
        return address if self.root and is_there else f"{self.root}{address}"

    def raw(self, method: str, address: str, **kwargs: Any) -> TestResponse:
        """Fetch without a look at the page."""
        return FlaskClient.open(self, self.below(address), method=method, **kwargs)

    def run_wsgi_app(self, environ: Any, **_how: Any) -> Any:
        own = self.application
        self.application = own.extensions["mounts"]
        try:
            # Read to the end, as a server does: until then a request keeps its place in the gate.
            return super().run_wsgi_app(environ, buffered=True)
        finally:
            self.application = own


@dataclass(frozen=True)
class Both:
    """The two registries, and what mounts them."""

    mounts: Mounts
    jp: Portal
    mn: Portal


def config(code: str, url: str, **said: Any) -> Config:
    """Return what one of the two is told of itself, with keys of its own."""
    own = {"secret_key": f"of {code} for tests", "signing_key": f"{ord(code[0]):02x}" * 32}
    told = settings.understood(settings.of_file(MN), str(MN)) if code == "MN" else {}
    place = {"path": "/mn"} if code == "MN" else {}
    dumps = Path("/nonexistent", code.lower())
    return Config(url, testing=True, dumps=dumps, **(own | told | place | said))


@contextmanager
def mounted(configs: dict[str, Config]) -> Generator[Mounts, None, None]:
    """Mount registries by their settings; their databases are closed on leaving."""
    mounts = Mounts(lambda: list(configs), configs.__getitem__)
    assert mounts.build() == list(configs)
    try:
        yield mounts
    finally:
        for one in apps(mounts).values():
            one.extensions["database"].close()


def apps(mounts: Mounts) -> dict[str, Flask]:
    """Return the apps that were built, by their code, ready for test clients."""
    found = {}
    for place in mounts._places:
        app = place._app
        if isinstance(app, Flask):
            app.test_client_class = MountedClient
            app.extensions["mounts"] = mounts
            found[place.code] = app
    return found


@contextmanager
def opened(engine: str, **said: Any) -> Generator[Both, None, None]:
    """Open both registries on an engine, each with the cast of `tests.world`."""
    with world.populated_url(engine) as (japan, cast), databases.fresh_url(engine) as mongolia:
        database = Database.connect(mongolia)
        other = database.write(lambda session: world.build(session, "MN"))
        database.close()
        both = {"JP": config("JP", japan, **said), "MN": config("MN", mongolia, **said)}
        with mounted(both) as mounts:
            built = apps(mounts)
            jp, mn = (
                Portal(built[code], built[code].extensions["database"], world_)
                for code, world_ in (("JP", cast), ("MN", other))
            )
            yield Both(mounts, jp, mn)
