"""The form of a piece of news: what was typed in it, how that is read, and what is signed of it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import uuid4

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.domain import news as rules
from app.domain.chain import Value
from app.domain.errors import Refusal, Required, UnknownChoice
from app.domain.news import TEXTS
from app.registry import news as verbs
from app.store.tables import News
from app.web import dates
from app.web.messages import sentence
from app.web.pages import local_time
from app.web.sessions import now, registry

#: When it is published: at once, or at a time.
AT_ONCE: Final = "now"
LATER: Final = "later"
_FIELDS: Final = (*TEXTS, "when", "on", "time")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}|")
#: More than anybody means to type; what is longer than the rules allow is still shown again.
_TYPED_MAX: Final = 100_000
_SAID_MAX: Final = 40


def choices() -> dict[str, str]:
    """Return when a piece of news may be published, in words."""
    return {AT_ONCE: _("At once"), LATER: _("At a later time")}


@dataclass
class Typed:
    """The form as typed, what could be read of it, and what was wrong with it, field by field."""

    values: dict[str, str]
    key: str
    #: The fingerprint of what was there when the change was begun.
    seen: str = ""
    #: When it is published; None for at once, or as it is.
    at: datetime | None = None
    refusals: dict[str, Refusal] = field(default_factory=dict)

    @classmethod
    def of(cls, given: "MultiDict[str, str]") -> "Typed":
        values = {
            name: given.get(name, "").replace("\0", "")[:_TYPED_MAX].replace("\r\n", "\n")
            for name in _FIELDS
        }
        key = given.get("key", "").replace("\0", "")[:_SAID_MAX] or uuid4().hex
        return cls(values, key, given.get("seen", ""))

    @classmethod
    def empty(cls) -> "Typed":
        """Return the form of a new piece of news."""
        return cls(dict.fromkeys(_FIELDS, "") | {"when": AT_ONCE}, uuid4().hex)

    @classmethod
    def again(cls, found: News) -> "Typed":
        """Return the form of a piece of news as it stands."""
        local = local_time(found.published_at)
        values = {name: str(getattr(found, name)) for name in TEXTS}
        values |= {"when": LATER, "on": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}"}
        return cls(values, uuid4().hex, verbs.fingerprint(found))

    def read(self, *, is_published: bool) -> "Typed":
        """Read every field; what is wrong is noted.

        What is published has no field for its time, unless the form was opened before.
        """
        for name in TEXTS:
            self._try(partial(rules.text, self.values[name], name))
        if self.values["when"] or not is_published:
            self.at = self._try(partial(self._read_time, is_published=is_published))
        return self

    def refuse(self, refusal: Refusal) -> None:
        """Note what is wrong at its field; the first word on a field stands."""
        place = "on" if refusal.field == "at" else refusal.field
        self.refusals.setdefault(place, refusal)

    def errors(self) -> dict[str, str]:
        """Return a sentence for each field that is wrong, in the order of the form."""
        found = {name: sentence(refusal) for name, refusal in self.refusals.items()}
        return {name: found[name] for name in ("", *_FIELDS) if name in found}

    def renew_key(self) -> None:
        """Make this another piece of news than the one its key was used for."""
        self.key = uuid4().hex

    def signed(self, identifier: int | None) -> dict[str, Value]:
        """Return what the signature covers: every word, the time, and what it replaces."""
        texts: dict[str, Value] = {name: rules.text(self.values[name], name) for name in TEXTS}
        at = self.at.isoformat() if self.at else ""
        return texts | {"at": at, "id": identifier or 0, "seen": self.seen, "key": self.key}

    def is_plain(self, name: str) -> bool:
        """Tell whether a field for dates or times would lose what was typed in another way."""
        return not _ISO.fullmatch(self.values[name])

    def _read_time(self, *, is_published: bool) -> datetime | None:
        when = self.values["when"]
        if not when:
            raise Required(field="when")
        if when == AT_ONCE:
            return None
        if when != LATER:
            raise UnknownChoice(when[:_SAID_MAX], field="when")
        day = self._try(lambda: _required(dates.parse(self.values["on"], "on"), "on"))
        time = self._try(lambda: _required(dates.clock(self.values["time"], "time"), "time"))
        if day is None or time is None:
            return None
        at = datetime.combine(day, time, registry().time_zone)
        if not is_published:
            verbs.check_time(at, now())
        return at

    def _try(self, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except Refusal as refusal:
            self.refuse(refusal)
            return None


def _required(value: Any, name: str) -> Any:
    if value is None:
        raise Required(field=name)
    return value
