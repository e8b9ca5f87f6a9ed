"""A line between two registries that loses, delays, doubles, reorders, cuts and alters messages.

It stands between a courier and the server that it sends to, and decides by a seeded generator what
becomes of each message and of each answer.
"""

import http.client
import threading
import time
from collections import Counter, deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any, Final

from app.registry.couriers import CONTENT_TYPE, SIGNATURE

_HOST: Final = "127.0.0.1"
_SECONDS: Final = 2.0
#: What may become of a message or its answer, of each one in so many.
FAULTS: Final = (
    *("lost", "answer_lost", "delayed", "answer_delayed", "doubled", "held_back", "replayed"),
    *("cut", "answer_cut", "altered", "answer_altered"),
)
#: Its status, its body and the signature.
Answer = tuple[int, bytes, str]


@dataclass
class Faults:
    """Decides what becomes of each message; counts it."""

    random: Random
    share: float
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def choose(self) -> str:
        """Return what becomes of the next message."""
        with self._lock:
            found = self.random.choice(FAULTS) if self.random.random() < self.share else "carried"
            self.counts[found] += 1
            return found

    def below(self, limit: int) -> int:
        """Return a number below a limit."""
        with self._lock:
            return self.random.randrange(limit)

    def pause(self) -> float:
        """Return how long something is kept back, in seconds."""
        with self._lock:
            return self.random.uniform(0, 0.15)


@dataclass
class Line:
    """One direction: from the couriers of one registry to the server of another."""

    to: int
    faults: Faults
    port: int = 0
    #: Messages that went by, of which one may come once more.
    _past: deque[tuple[str, bytes, str]] = field(default_factory=lambda: deque(maxlen=50))

    def take(self, path: str, body: bytes, signature: str) -> Answer | None:
        """Carry a message as it happens; None where no answer comes back."""
        fault = self.faults.choose()
        self._past.append((path, body, signature))
        if fault in {"lost", "cut", "held_back"}:
            self._fail(fault, path, body, signature)
            return None
        if fault == "delayed":
            time.sleep(self.faults.pause())
        if fault == "replayed":
            self._send(*self._past[self.faults.below(len(self._past))])
        if fault == "altered":
            body = self._altered(body)
        answer = self._send(path, body, signature)
        if fault == "doubled":
            answer = self._send(path, body, signature) or answer
        return self._back(fault, answer)

    def _fail(self, fault: str, path: str, body: bytes, signature: str) -> None:
        """Bring a message in part, or when nobody waits for its answer, or not at all."""
        if fault == "cut":
            self._send(path, body[: self.faults.below(len(body))], signature, len(body))
        if fault == "held_back":
            later = threading.Timer(self.faults.pause(), self._send, (path, body, signature))
            later.daemon = True
            later.start()

    def _back(self, fault: str, answer: Answer | None) -> Answer | None:
        """Bring an answer back as it happens."""
        if answer is None or fault == "answer_lost":
            return None
        status, body, signature = answer
        if fault == "answer_delayed":
            time.sleep(self.faults.pause())
        if fault == "answer_altered":
            body = self._altered(body)
        if fault == "answer_cut":
            body = body[: self.faults.below(len(body))]
        return status, body, signature

    def _altered(self, body: bytes) -> bytes:
        """Return a message with one bit the other way round."""
        place = self.faults.below(len(body))
        changed = bytearray(body)
        changed[place] ^= 1 << self.faults.below(8)
        return bytes(changed)

    def _send(
        self, path: str, body: bytes, signature: str, length: int | None = None
    ) -> Answer | None:
        connection = http.client.HTTPConnection(_HOST, self.to, timeout=_SECONDS)
        headers = {"Content-Type": CONTENT_TYPE, SIGNATURE: signature}
        headers["Content-Length"] = str(len(body) if length is None else length)
        try:
            connection.request("POST", path, body, headers)
            if length is not None:
                return None
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers.get(SIGNATURE) or ""
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


@contextmanager
def line(to: int, faults: Faults) -> Generator[Line, None, None]:
    """Open a line to the server at a port; it has a port of its own."""
    made = Line(to, faults)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body leave in one piece.
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = made.take(self.path, body, self.headers.get(SIGNATURE) or "")
            if answer is None:
                self.close_connection = True
                return
            status, said, signature = answer
            with suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.send_header(SIGNATURE, signature)
                self.end_headers()
                self.wfile.write(said)
                self.wfile.flush()

        def log_message(self, *_said: Any) -> None:
            pass

        def handle(self) -> None:
            # Whoever sent it may have been killed meanwhile.
            with suppress(OSError):
                super().handle()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 50

    with Server((_HOST, 0), Handler) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
