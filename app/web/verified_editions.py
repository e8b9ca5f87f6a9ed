"""Whether an edition of the disclosure is genuine, by its number, its digest, or a copy of it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final

from app.domain import disclosure as rules
from app.domain.disclosure import Standing
from app.store import editions
from app.store.tables import Edition
from app.web import disclosure
from app.web.sessions import reading
from app.web.words import LANGUAGES

#: The files made of an edition beside the frozen one.
_MADE: Final = ("csv", "pdf")


class Verdict(StrEnum):
    """What the registry says of what was asked."""

    #: An edition with this number is published; no copy of it was compared.
    PUBLISHED = "published"
    #: The digest or the copy is that of the published edition.
    GENUINE = "genuine"
    #: An edition with this number is published, and the copy is another one.
    DIFFERENT = "different"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict, and the edition it is about."""

    verdict: Verdict
    edition: Edition | None = None


def answered(number: str, digest: str) -> Answer:
    """Answer about an edition by what was typed; either may be empty.

    One that is scheduled, or that was withdrawn before its time came, was never public: it is
    unknown.
    """
    copy = rules.read_digest(digest)
    found = _found(number, copy)
    if found is None or not _was_public(found):
        return Answer(Verdict.UNKNOWN)
    if disclosure.standing(found) is Standing.WITHDRAWN:
        return Answer(Verdict.WITHDRAWN, found)
    if not digest:
        return Answer(Verdict.PUBLISHED, found)
    is_genuine = copy is not None and copy in _digests(found, copy)
    return Answer(Verdict.GENUINE if is_genuine else Verdict.DIFFERENT, found)


def _found(number: str, copy: str | None) -> Edition | None:
    if number:
        return editions.by_number(reading(), rules.read_number(number) or "")
    return editions.by_digest(reading(), bytes.fromhex(copy)) if copy else None


def _was_public(found: Edition) -> bool:
    standing = disclosure.standing(found)
    if standing is Standing.WITHDRAWN:
        return found.withdrawn_at is not None and found.withdrawn_at > found.published_at
    return standing is Standing.PUBLISHED


def _digests(found: Edition, copy: str) -> set[str]:
    """Return the digests of an edition's files; those that must be made are so only when asked."""
    if found.digest.hex() == copy:
        return {copy}
    made = product(_MADE, LANGUAGES)
    return {
        hashlib.sha256(disclosure.edition_bytes(found, ending, language)).hexdigest()
        for ending, language in made
    }
