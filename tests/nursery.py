"""Servers and couriers of registries, forked from one process that has everything loaded.

To start a program takes seconds, to fork it takes none: tests that kill one again and again start
it here. Each is a process group of its own, which dies as a whole and without a word.

    with Nursery({"JP": url}) as nursery:
        server = nursery.serve(["JP"], port)
        nursery.kill(server)
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication

from app import create_app
from app.config import ROOT, Config
from app.mounts import ROOM, Mounts
from app.registry.couriers import Line
from app.store.databases import Database
from tests.exchanging import Walker, desk, party, seed

_HOST: Final = "127.0.0.1"
#: How long a courier of the tests waits for an answer, and between two looks.
_SECONDS: Final = 2.0
_PAUSE: Final = 0.03
_THREADS: Final = 4
_NONE: Final[Mapping[str, str]] = {}


class Nursery:
    """The process that forks servers and couriers; all of them are gone on leaving."""

    def __init__(self, urls: Mapping[str, str], paths: Mapping[str, str] = _NONE) -> None:
        self._groups: set[int] = set()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery", json.dumps([dict(urls), dict(paths)])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        for group in tuple(self._groups):
            self.kill(group)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def serve(self, codes: Sequence[str], port: int) -> int:
        """Start the server of a registry or of several, or of none; return its process group."""
        return self._fork("server", codes, port)

    def carry(self, code: str) -> int:
        """Start the courier of a registry; return its process group."""
        return self._fork("courier", [code], 0)

    def kill(self, group: int) -> None:
        """Kill a whole group at once."""
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self._groups.discard(group)

    def _fork(self, what: str, codes: Sequence[str], port: int) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([what, codes, port]) + "\n")
        self._process.stdin.flush()
        group = int(self._process.stdout.readline())
        self._groups.add(group)
        return group


def configured(code: str, url: str, path: str = "") -> Config:
    """Return what a registry of the tests is told of itself."""
    its_party = party(code)
    return Config(
        url,
        f"for tests of {code} only",
        signing_key=seed(code),
        code=code,
        path=path,
        party=its_party.code,
        itmo_registry=its_party.registry,
        dumps=ROOT / "instance" / "dumps" / code,
    )


def made(code: str, url: str) -> Flask:
    """Make the app of a registry of the tests."""
    return create_app(configured(code, url))


class _Served(BaseApplication):
    """Gunicorn with an app that is there already."""

    def __init__(self, app: Any, port: int, threads: int) -> None:
        self._app, self._port, self._threads = app, port, threads
        super().__init__()

    def load_config(self) -> None:
        for name, value in (
            ("bind", f"{_HOST}:{self._port}"),
            ("workers", 1),
            ("worker_class", "gthread"),
            ("threads", self._threads),
            ("loglevel", "critical"),
        ):
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._app


def _carry(code: str, url: str) -> None:
    courier = Walker(
        Database.connect(url), desk(code), lambda: datetime.now(UTC), Line(seconds=_SECONDS)
    )
    while True:
        if not courier.round():
            time.sleep(_PAUSE)


def _child(work: Callable[[], None]) -> int:
    """Fork, and work in a process group of its own."""
    ready, told = os.pipe()
    pid = os.fork()
    if pid:
        os.close(told)
        os.read(ready, 1)
        os.close(ready)
        return pid
    os.setpgid(0, 0)
    os.close(ready)
    os.close(told)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    try:
        work()
    finally:
        os._exit(1)


def _echo(environ: Any, start_response: Any) -> list[bytes]:
    """Answer what was sent: no server does less."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def main(urls: dict[str, str], paths: dict[str, str]) -> None:
    """Fork what is asked for on the standard input, until that ends."""
    configs = {code: configured(code, url, paths.get(code, "")) for code, url in urls.items()}
    apps = {code: create_app(config) for code, config in configs.items() if not config.path}
    # Whoever was killed is not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)

    def app(codes: list[str]) -> tuple[Any, int]:
        if len(codes) > 1:
            mounts = Mounts(lambda: codes, configs.__getitem__)
            assert mounts.build() == codes
            return mounts, ROOM * len(codes) + 2
        return (apps[codes[0]] if codes else _echo), _THREADS

    def work(what: str, codes: list[str], port: int) -> None:
        if what == "server":
            served, threads = app(codes)
            _Served(served, port, threads).run()
        _carry(codes[0], urls[codes[0]])

    groups: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        for line in sys.stdin:
            what, codes, port = json.loads(line)
            groups.append(_child(partial(work, what, codes, port)))
            sys.stdout.write(f"{groups[-1]}\n")
            sys.stdout.flush()
    finally:
        # Whoever asked for them is gone, maybe killed.
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main(*json.loads(sys.argv[1]))
