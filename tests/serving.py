"""The registry behind a real server on this machine, and visitors with real connections."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlencode

_HOST: Final = "127.0.0.1"
_TOKEN: Final = re.compile(r'name="csrf_token" value="([^"]+)"')
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


class Server:
    """Gunicorn as `make run` starts it, at a port of its own."""

    def __init__(self, url: str, program: str = "wsgi:app") -> None:
        with socket.socket() as free:
            free.bind((_HOST, 0))
            self.port = free.getsockname()[1]
        self._command = [sys.executable, "-m", "gunicorn", "--log-level", "critical", program]
        self._environment = os.environ | {
            "DATABASE_URL": url,
            "HOST": _HOST,
            "PORT": str(self.port),
            "SECRET_KEY": "the same after every restart",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it accepts connections."""
        self._process = subprocess.Popen(
            self._command, env=self._environment, stderr=subprocess.DEVNULL
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

    def close(self) -> None:
        """Close the connection; the next request opens another with the same cookie."""
        self._connection.close()

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
