"""Letters carried to other registries over HTTPS, each in its order, until they are answered."""

import http.client
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.orm import Session

from app.domain.exchange import BYTES_MAX, Code
from app.domain.exchange_errors import MessageRefused
from app.registry import exchange, letters, logs
from app.registry.exchange import Outcome
from app.registry.letters import Desk, Letter
from app.store.databases import AnyRow, Database

#: Where a registry takes messages, below its address.
PATH: Final = "/exchange/messages"
SIGNATURE: Final = "Registry-Signature"
CONTENT_TYPE: Final = "application/json"
_SECONDS: Final = 20
#: Letters carried to one registry before the next has its turn.
_ROUND: Final = 500
#: Refusals after which the same letter, signed anew, may do.
_SOON: Final = frozenset({Code.REPLAYED})

_log: Final = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class Unreachable(Exception):
    """No answer came, or none that is one; the letter is sent again later."""


class Post(Protocol):
    """What brings a letter to where it goes."""

    def post(self, letter: Letter) -> tuple[bytes, bytes]:
        """Send a letter; return the answer and its signature."""

    def close(self) -> None:
        """Send nothing any more."""


@dataclass
class Line:
    """HTTPS to other registries; connections stay open between letters.

    A server has to show a certificate for its name that this machine trusts: one by an authority of
    the system's, or of the file that the variable SSL_CERT_FILE names, read with each connection.
    """

    #: How long an answer is waited for.
    seconds: float = _SECONDS
    _connections: dict[str, http.client.HTTPConnection] = field(default_factory=dict)

    def close(self) -> None:
        """Close all connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def post(self, letter: Letter) -> tuple[bytes, bytes]:
        """Send a letter; return the answer and its signature.

        Raises:
            Unreachable: no answer came, or none that is one.
        """
        address = urlsplit(letter.url.rstrip("/") + PATH)
        try:
            answer = self._answer(address, letter)
            body = answer.read(BYTES_MAX + 1)
            signature = bytes.fromhex(answer.headers.get(SIGNATURE) or "")
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._drop(address)
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        if len(body) > BYTES_MAX or not signature:
            self._drop(address)
            raise Unreachable(f"answered with status {answer.status} and no signature")
        return body, signature

    def _answer(self, address: SplitResult, letter: Letter) -> http.client.HTTPResponse:
        """Send a letter; once more if the connection had been closed since the one before."""
        is_kept = address.netloc in self._connections
        headers = {"Content-Type": CONTENT_TYPE, SIGNATURE: letter.signature.hex()}
        connection = self._connected(address)
        try:
            connection.request("POST", address.path, letter.body, headers)
            return connection.getresponse()
        except ConnectionError:
            self._drop(address)
            if not is_kept:
                raise
            return self._answer(address, letter)

    def _connected(self, address: SplitResult) -> http.client.HTTPConnection:
        known = self._connections.get(address.netloc)
        if known is None:
            host, port = address.hostname or "", address.port
            if address.scheme == "https":
                context = ssl.create_default_context()
                known = http.client.HTTPSConnection(
                    host, port, timeout=self.seconds, context=context
                )
            else:
                known = http.client.HTTPConnection(host, port, timeout=self.seconds)
            self._connections[address.netloc] = known
        return known

    def _drop(self, address: SplitResult) -> None:
        known = self._connections.pop(address.netloc, None)
        if known is not None:
            known.close()


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of the letters to one registry."""

    count: int
    #: A letter was not answered as it must be, and is sent again later.
    is_stuck: bool


@dataclass
class Courier:
    """Carries the letters of one registry."""

    database: Database
    desk: Desk
    clock: Clock
    line: Post = field(default_factory=Line)
    #: By registry what was logged last: what is refused again and again is logged once.
    _logged: dict[int, tuple[int, str]] = field(default_factory=dict)
    #: By registry why it was not reached, as that was said last.
    _failed: dict[int, str] = field(default_factory=dict)

    def carry(self, peer: AnyRow, stopped: Callable[[], bool] = lambda: False) -> Carried:
        """Carry what waits for one registry, up to as much as it has its turn for."""
        carried = replays = 0
        while carried < _ROUND and not stopped():
            with self.database.reading() as session:
                letter = self._due(session, peer)
            if letter is None:
                break
            outcome = self._carry(peer, letter)
            if outcome is not None and outcome.is_settled:
                carried, replays = carried + 1, 0
            elif outcome is not None and outcome.code in _SOON and replays == 0:
                replays += 1
            elif outcome is None or not self._caught_up(peer, letter, outcome):
                return Carried(carried, is_stuck=True)
        return Carried(carried, is_stuck=False)

    def _due(self, session: Session, peer: AnyRow) -> Letter | None:
        return letters.due(session.connection(), peer, self.desk, now=self.clock())

    def _carry(self, peer: AnyRow, letter: Letter) -> Outcome | None:
        """Send a letter and take its answer; None if there was none that counts."""
        try:
            body, signature = self.line.post(letter)
            self._failed.pop(peer.id, None)
            outcome = self.database.write(
                lambda session: exchange.answered(
                    session, letter, body, signature, self.desk, now=self.clock()
                )
            )
        except Unreachable as why:
            self._say(peer, str(why))
            return None
        except MessageRefused as refusal:
            self._log(peer, letter, refusal)
            return None
        if outcome.code and not outcome.is_settled:
            self._log(peer, letter, MessageRefused(outcome.code, outcome.expected, letter.number))
        return outcome

    def _caught_up(self, peer: AnyRow, letter: Letter, outcome: Outcome) -> bool:
        """Send again what the other registry has lost since; False if that is not what it needs."""
        first = outcome.expected
        if outcome.code != Code.OUT_OF_SEQUENCE or first is None or first >= letter.number:
            return False
        for number in range(first, letter.number):
            with self.database.reading() as session:
                again = self._again(session, peer, number)
            if again is None:
                return False
            done = self._carry(peer, again)
            if done is None or not done.is_settled:
                return False
        return True

    def _again(self, session: Session, peer: AnyRow, number: int) -> Letter | None:
        return letters.again(session.connection(), peer, number, self.desk, now=self.clock())

    def _say(self, peer: AnyRow, why: str) -> None:
        """Tell the operator why a registry is not reached, once until it is or that changes."""
        if self._failed.get(peer.id) != why:
            self._failed[peer.id] = why
            _log.warning(
                "%s: %s is not reached at %s: %s", self.desk.code, peer.code, peer.url, why
            )

    def _log(self, peer: AnyRow, letter: Letter, refusal: MessageRefused) -> None:
        refused = letter.number, refusal.reason
        if self._logged.get(peer.id) == refused:
            return
        self._logged[peer.id] = refused
        subject = f"{self.desk.code}-{peer.code} {letter.number}"
        self.database.write(
            lambda session: logs.refused(
                session, "tell registry", subject, refusal, actor=None, now=self.clock()
            )
        )
