"""Messages as they travel: canonical JSON, numbered, dated and bound to both registries.

The bytes that are signed are the bytes that travel; a reader that would write them otherwise than
they came refuses them, so that no two readers can understand one signature differently.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from app.domain import bands, chain
from app.domain.exchange import Answer, Code, Message
from app.domain.exchange_errors import MessageRefused

VERSION: Final = 1
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")
_KEY: Final = re.compile("[0-9a-f]{16}")
_NUMBER_MAX: Final = 2**62
#: No message has values within values deeper than this.
_DEPTH_MAX: Final = 12
_WHOLE_MAX: Final = 2**63 - 1
Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message: from whom, to whom, which number, when it was sent, under which key."""

    sender: str
    receiver: str
    number: int
    sent_at: datetime
    key: str
    kind: Message
    content: Content = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the bytes to sign."""
        return chain.canonical(
            {
                "version": VERSION,
                "from": self.sender,
                "to": self.receiver,
                "number": self.number,
                "sent_at": self.sent_at,
                "key": self.key,
                "kind": self.kind,
                "content": self.content,
            }
        )

    @property
    def said(self) -> bytes:
        """What is the same however often it is sent: all but the time and the key."""
        return said(self.kind, self.number, self.content)


def said(kind: Message, number: int, content: Content) -> bytes:
    """Return a digest of what a message says."""
    return chain.digest(chain.canonical({"kind": kind, "number": number, "content": content}))


def decode(raw: bytes) -> Envelope:
    """Read a message; MessageRefused when it is not laid out exactly so."""
    told = _object(raw)
    if set(told) != {"version", "from", "to", "number", "sent_at", "key", "kind", "content"}:
        raise MessageRefused(Code.MALFORMED)
    number, content = told["number"], told["content"]
    if not _is_version(told["version"]) or not isinstance(content, dict):
        raise MessageRefused(Code.MALFORMED)
    if not _is_number(number) or not isinstance(told["kind"], str):
        raise MessageRefused(Code.MALFORMED)
    if told["kind"] not in set(Message):
        raise MessageRefused(Code.UNKNOWN_KIND)
    if not _matches(_KEY, told["key"]):
        raise MessageRefused(Code.MALFORMED)
    if not all(_matches(bands.CODE, told[side]) for side in ("from", "to")):
        raise MessageRefused(Code.MALFORMED)
    sent_at = _moment(told["sent_at"])
    return Envelope(
        told["from"], told["to"], number, sent_at, told["key"], Message(told["kind"]), content
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a message, bound to it by its number and the digest of what it said."""

    sender: str
    receiver: str
    number: int
    #: SHA-256 of what was said, in hexadecimal digits; empty where it could not be read.
    said: str
    answered_at: datetime
    key: str
    answer: Answer
    code: str = ""
    content: Content = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the bytes to sign."""
        return chain.canonical(
            {
                "version": VERSION,
                "from": self.sender,
                "to": self.receiver,
                "number": self.number,
                "said": self.said,
                "answered_at": self.answered_at,
                "key": self.key,
                "answer": self.answer,
                "code": self.code,
                "content": self.content,
            }
        )


_REPLY: Final = {
    *("version", "from", "to", "number", "said", "answered_at", "key", "answer", "code", "content")
}


def decode_reply(raw: bytes) -> Reply:
    """Read an answer; MessageRefused when it is not laid out exactly so."""
    told = _object(raw)
    if set(told) != _REPLY or not _is_version(told["version"]):
        raise MessageRefused(Code.MALFORMED)
    names = ("from", "to", "said", "key", "answer", "code")
    texts = all(isinstance(told[name], str) for name in names)
    if not texts or not isinstance(told["content"], dict) or not _is_count(told["number"]):
        raise MessageRefused(Code.MALFORMED)
    if told["answer"] not in set(Answer):
        raise MessageRefused(Code.MALFORMED)
    return Reply(
        told["from"],
        told["to"],
        told["number"],
        told["said"],
        _moment(told["answered_at"]),
        told["key"],
        Answer(told["answer"]),
        told["code"],
        told["content"],
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw, parse_constant=_refuse, parse_float=_refuse)
        again = chain.canonical(told) if isinstance(told, dict) else b""
    except (ValueError, RecursionError, MessageRefused):
        raise MessageRefused(Code.MALFORMED) from None
    # Told otherwise than we would tell it: twice the same name, spaces, another order.
    if again != raw or not _is_plain(told):
        raise MessageRefused(Code.MALFORMED)
    assert isinstance(told, dict)
    return told


def _is_plain(told: object) -> bool:
    """Tell whether any database can keep what was told: no null bytes, no number beyond 64 bits."""
    level = [told]
    for _ in range(_DEPTH_MAX):
        below: list[object] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value, *value.values()]
            elif isinstance(value, list):
                below += value
            elif (isinstance(value, str) and "\0" in value) or (
                isinstance(value, int) and abs(value) > _WHOLE_MAX
            ):
                return False
        level = below
    return not level


def _refuse(_text: str) -> object:
    raise MessageRefused(Code.MALFORMED)


def _is_version(value: object) -> bool:
    return value == VERSION and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_count(value) and value != 0


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _NUMBER_MAX


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise MessageRefused(Code.MALFORMED)
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise MessageRefused(Code.MALFORMED) from None
