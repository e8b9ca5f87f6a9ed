"""A registry with something of everything that is public, for programs that ask at random."""

import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import schemathesis
from flask import Flask
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler

from app.domain.ledger import Kind
from app.registry import projects
from tests import portal as portals
from tests import serving, world
from tests.portal import Portal

#: What people and programs send that nobody expects, beside what is made at random.
ODD: Final = (
    "O'Brien",
    "%",
    "_",
    "\\",
    "a\0b",
    "x" * 10_000,
    "-1",
    "1000000000",
    "\u202esolar",
    "\U0001f600",
    "",
    " ",
    "..%2f..%2fsecret_key",
    "{}",
    "null",
    "太陽光",
)


@contextmanager
def opened() -> Generator[Flask, None, None]:
    """Open a registry in which some credits were moved, and where nobody has to wait."""
    with portals.opened("sqlite") as portal:
        portal.issued(1_000)
        portal.issued(500, project=world.ITMO_PROJECT)
        portal.database.write(lambda session: _moved(session, portal))
        config = portal.app.config
        config["REGISTRY"] = replace(config["REGISTRY"], api_limit="999999999 per second")
        yield portal.app


def _moved(session: Session, portal: Portal) -> None:
    for version in ("1.0", "2.0"):
        projects.record_methodology(
            session, "MN_AM001", version, partner="MN", actor=portal.world.operator
        )
    for number in range(1, 6):
        world.moved(session, portal.world, quantity=number * 10)
    for kind in (Kind.RETIREMENT, Kind.VOLUNTARY_CANCELLATION, Kind.MANDATORY_CANCELLATION):
        world.moved(session, portal.world, kind, quantity=7)


def description(app: Flask) -> Any:
    """Return the description of the API, as the tool that asks at random reads it."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


def not_promised(case: Any) -> list[Any]:
    """Return the checks that a question is not held to.

    A cursor is accepted only if it was given out, a day only if it has begun, a methodology only if
    there is one, and serial numbers in the box only if they can be. None of this can be said in a
    description, so what is made after it may be refused.
    """
    asked = {"cursor", "date", "methodology", "scope", "q"} & set(case.query or {})
    return [positive_data_acceptance] if asked else []


def run(seconds: int) -> int:
    """Serve the registry and ask it at random for a while, differently each time."""
    with opened() as app, serving.listening(app, request_handler=_Silent) as port:
        asking = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"http://127.0.0.1:{port}/api/openapi.json",
            f"--max-time={seconds}",
            "--max-failures=10",
            "--checks=all",
            # Cursors and days are refused unless they are real.
            "--exclude-checks=positive_data_acceptance",
        ]
        with tempfile.TemporaryDirectory() as folder:
            return subprocess.run(asking, check=False, cwd=folder).returncode


class _Silent(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Write nothing: there are thousands of requests."""


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1])))
