"""Apps for tests: each its own, or lent for a while; templates are compiled once for all."""

from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from app import create_app
from app.config import ROOT, Config
from tests import databases

_FOLDER = Path(ROOT, ".pytest_cache", "templates")
#: Apps that nobody uses at the moment, by the class of their test clients.
_free: dict[type[FlaskClient], list[Flask]] = defaultdict(list)


def made(url: str, client: type[FlaskClient]) -> Flask:
    """Make the app of a registry whose test clients are of this class."""
    app = create_app(Config(database_url=url, secret_key="for tests only", testing=True))
    app.test_client_class = client
    _FOLDER.mkdir(parents=True, exist_ok=True)
    # What is kept is found by the template's content, so an edited one is compiled anew.
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(_FOLDER))
    return app


@contextmanager
def lent(url: str, client: type[FlaskClient]) -> Generator[Flask, None, None]:
    """Lend an app over another registry: its routes are made once, its settings put back."""
    app = _free[client].pop() if _free[client] else made(url, client)
    config, extensions = dict(app.config), dict(app.extensions)
    database = databases.connect(url)
    app.config["REGISTRY"] = replace(config["REGISTRY"], database_url=url)
    app.extensions["database"] = database
    try:
        yield app
    finally:
        database.close()
        for now, before in ((app.config, config), (app.extensions, extensions)):
            now.clear()
            now.update(before)
        app.extensions.pop("kept", None)
        _free[client].append(app)
