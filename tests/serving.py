"""The registry behind a real server on this machine, and visitors with real connections."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from werkzeug.serving import make_server

from tests import authenticator
from tests.authenticator import Passkey
from tests.forked import Program

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST: Final = "127.0.0.1"
_NAME: Final = "localhost"
_TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


class Server:
    """Gunicorn as `make run` starts it, at a port of its own."""

    def __init__(self, url: str, program: str = "wsgi:app") -> None:
        with socket.socket() as free:
            free.bind((_HOST, 0))
            self.port = free.getsockname()[1]
        self._program = ("gunicorn", "--log-level", "critical", program)
        # A registry other than the first is told by variables that begin with its code.
        chosen = f"{os.environ.get('REGISTRY', '').upper()}_".lstrip("_")
        self._environment = os.environ | {
            "DATABASE_URL": url,
            f"{chosen}DATABASE_URL": url,
            "HOST": _HOST,
            "PORT": str(self.port),
            "SECRET_KEY": "the same after every restart",
        }
        self._process: subprocess.Popen[bytes] | Program | None = None

    def start(self, *, is_forked: bool = False) -> None:
        """Start, or fork what is loaded already, and wait until it accepts connections."""
        if is_forked:
            self._process = Program(*self._program, environment=self._environment)
        else:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *self._program],
                env=self._environment,
                stderr=subprocess.DEVNULL,
            )
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex((_HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("the server does not answer")

    def workers(self) -> list[int]:
        """Return the process ids of those who serve."""
        assert self._process is not None
        master = self._process.pid
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(master)], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in listed.stdout.split()]

    def kill(self) -> None:
        """Kill everything that serves, at once and without a word."""
        assert self._process is not None
        for pid in (self._process.pid, *self.workers()):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Stop in good order."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)


@contextmanager
def serving(url: str, program: str = "wsgi:app") -> Generator[Server, None, None]:
    """Serve a registry while the block runs."""
    server = Server(url, program)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def listening(app: "WSGIApplication", **options: Any) -> Generator[int, None, None]:
    """Serve an app from a thread of this process while the block runs, and give its port."""
    server = make_server(_HOST, 0, whole(app), threaded=True, **options)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def whole(app: "WSGIApplication") -> "WSGIApplication":
    """Have each answer read to its end, and closed, before any of it is sent.

    Werkzeug's server forgets to close the file of an answer whose visitor hangs up.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            if close := getattr(parts, "close", None):
                close()

    return answer


class Visitor:
    """One connection with its cookie, as a browser keeps them."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection(_HOST, port, timeout=60)
        self._cookies: dict[str, str] = {}
        self._passkey = Passkey()
        self.token = ""

    def get(self, path: str) -> tuple[int, str]:
        return self._answer("GET", path, None)[:2]

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Post a form and return the status and where it leads."""
        body = urlencode({"csrf_token": self.token, **fields})
        status, _, location = self._answer("POST", path, body)
        return status, location

    def close(self) -> None:
        """Close the connection; the next request opens another with the same cookie."""
        self._connection.close()

    def sign_in(self, login_id: str, password: str) -> None:
        """Sign in and take the token that every form of the session carries."""
        self._passkey = Passkey(f"http://{_NAME}:{self._port}", login_id)
        self._take_token("/sign-in")
        status, where = self.post("/sign-in", login_id=login_id, password=password)
        assert status == http.client.SEE_OTHER, status
        asked = authenticator.asked(self._take_token(where))
        status, _ = self.post("/sign-in/code", assertion=self._passkey.given(asked))
        assert status == http.client.SEE_OTHER, status
        self._take_token("/portal/transfers/new")

    def propose(self, **fields: str) -> tuple[int, str]:
        """Propose a transfer, signed; return the status and where it leads."""
        challenge = authenticator.proposal(self._session(), "transfers", fields)
        proof = self._passkey.given(challenge)
        return self.post("/portal/transfers", **fields, assertion=proof)

    def approve(self, number: str, *, quantity: int, source: str, target: str) -> tuple[int, str]:
        """Approve a transfer, signed; return the status and where it leads."""
        challenge = authenticator.approval(
            self._session(), number, quantity=quantity, source=source, target=target
        )
        path = f"/portal/transactions/{number}/approval"
        return self.post(path, assertion=self._passkey.given(challenge))

    def _session(self) -> str:
        (session,) = (value for name, value in self._cookies.items() if name.startswith("session_"))
        return authenticator.token(session)

    def _take_token(self, path: str) -> str:
        text = self.get(path)[1]
        found = _TOKEN.search(text)
        assert found, path
        self.token = found[1]
        return text

    def _answer(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        # By its name, as a passkey belongs to no bare address.
        headers = {"Host": f"{_NAME}:{self._port}"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={kept}" for name, kept in self._cookies.items())
        self._connection.request(method, path, body, headers | (_FORM if body else {}))
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for kept in answer.msg.get_all("Set-Cookie", []):
            name, _, value = kept.split(";", 1)[0].partition("=")
            self._cookies[name] = value
        return answer.status, text, answer.getheader("Location") or ""
