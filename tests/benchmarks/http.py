"""What the served registry does a second: complete transfers by post, and pages of the search."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from threading import Barrier, Thread
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

from tests.benchmarks.synthetic import PASSWORD, Cast
from tests.benchmarks.transfers import APART, QUANTITY

_HOST: Final = "127.0.0.1"
_TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@contextmanager
def serving(url: str, program: str = "wsgi:app") -> Generator[int, None, None]:
    """Serve the registry with gunicorn as `make run` does; give its port."""
    with socket.socket() as free:
        free.bind((_HOST, 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--log-level", "error", program],
        env=os.environ
        | {"DATABASE_URL": url, "HOST": _HOST, "PORT": str(port), "SECRET_KEY": uuid4().hex},
    )
    try:
        _wait(port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


class Visitor:
    """One connection with its cookie, as a browser keeps them."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(_HOST, port, timeout=60)
        self._cookie = ""
        self.token = ""

    def get(self, path: str) -> tuple[int, str]:
        return self._answer("GET", path, None)[:2]

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Post a form and return the status and where it leads."""
        body = urlencode({"csrf_token": self.token, **fields})
        status, _, location = self._answer("POST", path, body)
        return status, location

    def sign_in(self, login_id: str, password: str) -> None:
        """Sign in and take the token that every form of the session carries."""
        self._take_token("/sign-in")
        status, _ = self.post("/sign-in", login_id=login_id, password=password)
        assert status == http.client.SEE_OTHER, status
        self._take_token("/portal/transfers/new")

    def _take_token(self, path: str) -> None:
        found = _TOKEN.search(self.get(path)[1])
        assert found, path
        self.token = found[1]

    def _answer(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        headers = {"Cookie": self._cookie} if self._cookie else {}
        self._connection.request(method, path, body, headers | (_FORM if body else {}))
        answer = self._connection.getresponse()
        text = answer.read().decode()
        kept = answer.getheader("Set-Cookie")
        if kept:
            self._cookie = kept.split(";", 1)[0]
        return answer.status, text, answer.getheader("Location") or ""


def transfers(port: int, cast: Cast, *, connections: int, each: int) -> float:
    """Return complete transfers a second: a proposal and its approval, both posted."""

    def prepared(place: int) -> Callable[[int], None]:
        proposer, approver = Visitor(port), Visitor(port)
        proposer.sign_in("proposer", PASSWORD)
        approver.sign_in("approver", PASSWORD)
        own = cast.accounts[place::APART]

        def do(number: int) -> None:
            status, location = proposer.post(
                "/portal/transfers",
                source=own[number % len(own)],
                target=own[(number + 1) % len(own)],
                quantity=str(QUANTITY),
                key=uuid4().hex,
            )
            assert status == http.client.SEE_OTHER, status
            number_given = location.split("?", 1)[0].rsplit("/", 1)[1]
            status, _ = approver.post(f"/portal/transactions/{number_given}/approval")
            assert status == http.client.SEE_OTHER, status

        return do

    return _rate(prepared, connections, each)


def pages(port: int, path: str, *, connections: int, each: int) -> float:
    """Return how many times a second a page is answered."""

    def prepared(_place: int) -> Callable[[int], None]:
        visitor = Visitor(port)

        def do(_number: int) -> None:
            status, _ = visitor.get(path)
            assert status == http.client.OK, status

        return do

    return _rate(prepared, connections, each)


def _rate(prepared: Callable[[int], Callable[[int], None]], connections: int, each: int) -> float:
    barrier = Barrier(connections + 1)
    failed: list[BaseException] = []

    def work(place: int) -> None:
        try:
            do = prepared(place)
            for number in range(10):
                do(number)
            barrier.wait(60)
            for number in range(each):
                do(number)
        except BaseException as error:  # whatever it is, the measurement is void
            failed.append(error)
            barrier.abort()
            raise

    threads = [Thread(target=work, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    barrier.wait(60)
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    assert not failed, failed
    return connections * each / (time.perf_counter() - started)


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex((_HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the server does not answer")
