"""News: what a piece of it says in both languages, and where it stands in time."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain import chain
from app.domain.chain import Value
from app.domain.errors import Required, TooLong
from app.domain.text import Text, normalise

TITLE_MAX: Final = 200
TEXT_MAX: Final = 10_000
TITLES: Final = ("title_en", "title_ja")
#: The fields of a piece of news, in the order of its form.
TEXTS: Final = ("title_en", "text_en", "title_ja", "text_ja")


class Standing(StrEnum):
    """Where a piece of news stands: who can read it."""

    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


STANDING_NAMES: Final = {
    Standing.SCHEDULED: Text("Scheduled", "公開予定"),
    Standing.PUBLISHED: Text("Published", "公開中"),
    Standing.WITHDRAWN: Text("Withdrawn", "取下げ"),
}


def standing(published_at: datetime, withdrawn_at: datetime | None, now: datetime) -> Standing:
    """Return where a piece of news stands; its first moment is public already."""
    if withdrawn_at is not None:
        return Standing.WITHDRAWN
    return Standing.SCHEDULED if now < published_at else Standing.PUBLISHED


def fingerprint(texts: Mapping[str, str], published_at: datetime) -> str:
    """Return what tells one state of a piece of news from another, whoever made it."""
    said: dict[str, Value] = {name: texts[name] for name in TEXTS}
    return chain.digest(chain.canonical(said | {"at": published_at.isoformat()})).hex()


def text(typed: str, field: str) -> str:
    """Return a title or text as it is kept: a title is one line, a text may be several.

    Raises:
        Required, TooLong: at the field.
    """
    if not normalise(typed):
        raise Required(field=field)
    if field in TITLES:
        kept, longest = " ".join(typed.split()), TITLE_MAX
    else:
        # Two spaces at the end of a line are a line break in Markdown, so they stay.
        kept, longest = "\n".join(typed.splitlines()).strip(), TEXT_MAX
    if len(kept) > longest:
        raise TooLong(longest, field=field)
    return kept
