"""The thin mount: it tells by path or host which registry a request is for, and nothing more.

Each registry is an app of its own. One that cannot be built answers 503 at its own place until it
can; one that is slow fills the room it has in each process, and no other's.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from html import escape
from http import HTTPStatus
from math import inf
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import TYPE_CHECKING, Final

from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

from app import create_app, registries
from app.config import ROOT, Config
from app.web.access import API
from app.web.headers import ALWAYS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: How many requests of one registry are answered at once in a process, and how many there are with
#: those that wait, where several registries share it.
AT_ONCE: Final = 4
ROOM: Final = 16
_WAIT_SECONDS: Final = 10
#: How long a registry that could not be built is left alone before it is tried again.
AGAIN_SECONDS: Final = 3

_BROKEN: Final = (
    ("en", "The registry is not available at present", "Try again in a few minutes."),
    ("ja", "登録簿は現在利用できません", "数分後にもう一度お試しください。"),
)
_BUSY: Final = (
    ("en", "The registry is busy", "Try again in a moment."),
    ("ja", "登録簿が混み合っています", "しばらくしてからもう一度お試しください。"),
)

#: The look of the page that stands in for a registry; it is there when the registry is not.
_SHEETS: Final = tuple(f"/static/{name}" for name in ("vendor/design-tokens-1.1.9.css", "app.css"))

_log = logging.getLogger(__name__)


class Gate:
    """The room that the requests of one registry have in a process."""

    def __init__(self, at_once: int = AT_ONCE, room: int = ROOM) -> None:
        self._turn = BoundedSemaphore(at_once)
        self._counting = Lock()
        self._room = room
        self._inside = 0

    def enter(self, wait: float = _WAIT_SECONDS) -> bool:
        """Wait for a turn; tell whether there is one. Whoever has entered must leave."""
        with self._counting:
            if self._inside >= self._room:
                return False
            self._inside += 1
        if self._turn.acquire(timeout=wait):
            return True
        with self._counting:
            self._inside -= 1
        return False

    def leave(self) -> None:
        self._turn.release()
        with self._counting:
            self._inside -= 1


class Place:
    """One registry at its place: built when it can be, and tried again when it could not."""

    def __init__(self, code: str, configured: Callable[[str], Config], gate: Gate | None) -> None:
        self.code = code
        #: Where it is served as long as its settings do not say it.
        self.path = "" if code == registries.FIRST else f"/{code.lower()}"
        self.host = ""
        self.config: Config | None = None
        self.gate = gate
        self._configured = configured
        self._app: WSGIApplication | None = None
        self._building = Lock()
        self._tried_at = -inf

    def settle(self) -> None:
        """Read where the registry is served, as far as its settings can be read."""
        try:
            self.config = self._configured(self.code)
        except (ValueError, OSError):
            _log.exception("%s: its settings cannot be used", self.code)
            self.config = None
        else:
            self.path, self.host = self.config.path, self.config.host

    def app(self, others: Iterable["Place"]) -> "WSGIApplication | None":
        """Return the app, built now if that was not tried a moment ago; None without one."""
        is_due = monotonic() - self._tried_at >= AGAIN_SECONDS
        if self._app is None and is_due and self._building.acquire(blocking=False):
            try:
                self._app = self._built(others)
            finally:
                self._tried_at = monotonic()
                self._building.release()
        return self._app

    def _built(self, others: Iterable["Place"]) -> "WSGIApplication | None":
        self.settle()
        if self.config is None:
            return None
        try:
            # The one that came later is the one that stays closed.
            registries.check_apart([*(one.config for one in others if one.config), self.config])
            return create_app(self.config)
        except Exception:  # noqa: BLE001  whatever is wrong with one registry stays its own
            _log.exception("%s: cannot be built and is not served", self.code)
            return None


class Mounts:
    """The registries of one server, as one WSGI application."""

    def __init__(
        self,
        codes: Callable[[], list[str]] = registries.served,
        configured: Callable[[str], Config] = registries.config,
    ) -> None:
        self._codes = codes
        self._configured = configured
        self._places: list[Place] = []
        self._reading = Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        place = self._found(environ)
        gate = place.gate
        if gate is None:
            return self._answer(place, environ, start_response)
        if not gate.enter():
            return _closed(environ, start_response, _BUSY, 2)
        try:
            body = self._answer(place, environ, start_response)
        except BaseException:
            gate.leave()
            raise
        # An answer is at an end when its last byte has left.
        return ClosingIterator(body, [gate.leave])

    def build(self) -> list[str]:
        """Build every registry and return the codes of those that can be served."""
        places = self._settled()
        return [one.code for one in places if one.app(self._others(one))]

    def addresses(self, server: str) -> Iterator[tuple[str, str]]:
        """Yield the name of each registry, or its code, and where it is on a server."""
        for one in self._settled():
            name = one.config.name.en if one.config else one.code
            at = f"https://{one.host}" if one.host else f"{server}{one.path}"
            yield name, f"{at}/"

    def _answer(
        self, place: Place, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        app = place.app(self._others(place))
        if app is None:
            return _closed(environ, start_response, _BROKEN, AGAIN_SECONDS)
        return app(environ, start_response)

    def _settled(self) -> list[Place]:
        """Return the places, made when they are first asked for."""
        with self._reading:
            if not self._places:
                codes = self._codes()
                # One alone may fill the process.
                is_shared = len(codes) > 1
                self._places = [
                    Place(code, self._configured, Gate() if is_shared else None) for code in codes
                ]
                for one in self._places:
                    one.settle()
            return self._places

    def _others(self, place: Place) -> Iterator[Place]:
        """Yield those that come before a registry, and those that are served."""
        for one in self._settled():
            if one is place:
                return
            yield one

    def _found(self, environ: "WSGIEnvironment") -> Place:
        """Return whose place an address is, and leave the rest of the address to it."""
        places = self._settled()
        host = environ.get("HTTP_HOST", "").partition(":")[0].lower()
        for one in places:
            if one.host and one.host == host:
                return one
        path = environ.get("PATH_INFO", "")
        for one in places:
            if one.path and (path == one.path or path.startswith(f"{one.path}/")):
                environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + one.path
                environ["PATH_INFO"] = path.removeprefix(one.path) or "/"
                return one
        # Whatever is nobody's is the first one's, or that of the only one.
        return places[0]


def _closed(
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    said: tuple[tuple[str, str, str], ...],
    seconds: int,
) -> Iterable[bytes]:
    """Answer in place of a registry, in both languages, as nobody can be asked for one."""
    path = environ.get("PATH_INFO", "")
    if path in _SHEETS:
        sheet = (ROOT / f"app{path}").read_bytes()
        return Response(sheet, mimetype="text/css", headers=ALWAYS)(environ, start_response)
    if path.startswith(API):
        problem = {"type": "about:blank", "title": said[0][1], "status": 503, "detail": said[0][2]}
        answer = Response(json.dumps(problem), mimetype="application/problem+json")
    else:
        answer = Response(_page(said, environ.get("SCRIPT_NAME", "")), mimetype="text/html")
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    answer.headers.update(ALWAYS)
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer(environ, start_response)


def _page(said: tuple[tuple[str, str, str], ...], at: str) -> str:
    (_, title, advice), (_, other, other_advice) = said
    sheets = "".join(f'<link rel="stylesheet" href="{escape(at)}{one}">' for one in _SHEETS)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{escape(title)} | JCM</title>"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark">{sheets}</head>\n<body><main>'
        '<div class="inside">'
        f'<h1>{escape(title)}</h1><p class="lead">{escape(advice)}</p>'
        f'<div lang="ja"><h2>{escape(other)}</h2><p class="lead">{escape(other_advice)}</p>'
        "</div></div></main></body>\n</html>\n"
    )
