"""Where other registries send their messages: nothing else is told here, and nobody signs in.

Whoever likes can send something here, so what cannot be shown to be a registry's is counted by
network: past the limit it leaves no entry in the log and does not come near the lock of those who
write. A message is counted only once it was refused, never before it is looked at. So a registry
that shares its address with whoever makes the noise, behind one proxy say, is heard as ever.
"""

import time
from datetime import datetime
from math import ceil
from typing import Final

from flask import Blueprint, Flask, Response, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItemPerMinute
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.domain.exchange import BYTES_MAX, Code
from app.domain.exchange_errors import MessageRefused, TooManyMessages
from app.registry import exchange, logs
from app.registry.couriers import CONTENT_TYPE, SIGNATURE
from app.registry.exchange import Heard
from app.registry.letters import Desk
from app.registry.seals import Seal
from app.registry.throttles import network
from app.web.access import public
from app.web.sessions import database, now, registry

blueprint = Blueprint("exchange", __name__)

_SIGNATURE_DIGITS = 128
#: How many messages that anybody may have sent are answered for one network as any other.
LIMIT: Final = RateLimitItemPerMinute(20)
#: Why a message is refused that anybody may have sent, or have got hold of and sent once more.
_ANYBODYS: Final = frozenset(
    {
        *(Code.TOO_LARGE, Code.MALFORMED, Code.UNKNOWN_KIND, Code.WRONG_ADDRESSEE),
        *(Code.UNKNOWN_REGISTRY, Code.UNKNOWN_KEY, Code.RETIRED_KEY, Code.BAD_SIGNATURE),
        *(Code.CLOCK, Code.REPLAYED),
    }
)


def register(app: Flask) -> None:
    """Take messages without a token: each is signed by the registry that sent it."""
    app.extensions["csrf"].exempt(f"{__name__}.{hear.__name__}")
    app.register_blueprint(blueprint)


def desk() -> Desk:
    """Return who speaks for this registry."""
    config = registry()
    return Desk(config.code, Seal(config.signing_key), config.own_party, config.policy)


@blueprint.post("/exchange/messages")
@public
def hear() -> Response:
    """Answer a message; one that is refused is answered too, and logged."""
    here, at = desk(), now()
    raw, signature = b"", b""
    try:
        raw, signature = _taken()
        if _refused_before() >= LIMIT.amount:
            with database().reading() as session:
                exchange.known(session, raw, signature, here, now=at)

        def write(session: Session) -> Heard:
            return exchange.hear(session, raw, signature, here, now=at)[1]

        return _answer(database().write(write), 200)
    except MessageRefused as refusal:
        answer = _answer(
            exchange.refused(refusal, raw, here, now=at), _STATUS.get(Code(refusal.reason), 409)
        )
        if refusal.reason in _ANYBODYS:
            _count(answer, refusal, raw, at)
        else:
            _log(refusal, _size(raw), at)
        return answer


_STATUS = {
    Code.TOO_LARGE: 413,
    Code.MALFORMED: 400,
    Code.UNKNOWN_KIND: 400,
    Code.UNKNOWN_REGISTRY: 403,
    Code.UNKNOWN_KEY: 403,
    Code.RETIRED_KEY: 403,
    Code.BAD_SIGNATURE: 403,
    Code.NOT_NOW: 503,
}


def _taken() -> tuple[bytes, bytes]:
    """Return the message and its signature, read no further than a message may be long."""
    if (request.content_length or 0) > BYTES_MAX:
        raise MessageRefused(Code.TOO_LARGE)
    # One more than it may be long: it shows that there is more where nobody said how much.
    request.max_content_length = BYTES_MAX + 1
    raw = request.stream.read(BYTES_MAX + 1)
    if len(raw) > BYTES_MAX:
        raise MessageRefused(Code.TOO_LARGE)
    digits = request.headers.get(SIGNATURE, "")
    try:
        signature = bytes.fromhex(digits) if len(digits) == _SIGNATURE_DIGITS else b""
    except ValueError:
        signature = b""
    return raw, signature


def _count(answer: Response, refusal: MessageRefused, raw: bytes, at: datetime) -> None:
    """Count a message that anybody may have sent; past the limit it is only answered.

    What is answered stays the same, so a registry whose key is not known yet still learns why.
    """
    who = network(request.remote_addr)
    counted = _limiter().storage.incr(_key(), LIMIT.get_expiry())
    if counted <= LIMIT.amount:
        _log(refusal, _size(raw), at)
        return
    if counted == LIMIT.amount + 1:
        _log(TooManyMessages(who), who, at)
    answer.status_code = 429
    left = _limiter().storage.get_expiry(_key()) - time.time()
    answer.headers["Retry-After"] = str(max(1, ceil(left)))


def _refused_before() -> int:
    return _limiter().storage.get(_key())


def _key() -> str:
    return LIMIT.key_for("exchange", network(request.remote_addr))


def _limiter() -> Limiter:
    found: set[Limiter] = current_app.extensions["limiter"]
    return next(iter(found))


def _size(raw: bytes) -> str:
    return f"{len(raw):,} bytes"


def _log(refusal: Refusal, subject: str, at: datetime) -> None:
    database().write(
        lambda session: logs.refused(session, "hear registry", subject, refusal, actor=None, now=at)
    )


def _answer(heard: Heard, status: int) -> Response:
    answer = Response(heard.body, status, content_type=CONTENT_TYPE)
    answer.headers[SIGNATURE] = heard.signature.hex()
    answer.headers["Cache-Control"] = "no-store"
    return answer
