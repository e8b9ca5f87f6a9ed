"""Attachments: how large and how many, of which types, and the names under which they are kept."""

import unicodedata
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

MEGABYTE: Final = 1024 * 1024
#: A file; the files of an application or of a request for documents; all files of an applicant.
FILE_MEGABYTES_MAX: Final = 10
FILES_MAX: Final = 20
APPLICANT_MEGABYTES_MAX: Final = 100
#: What is sent in one go.
BODY_MEGABYTES_MAX: Final = 40

#: The types that are taken, and the endings that fit each; the first is given where none does.
ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
}

NAME_MAX: Final = 200
_NAMELESS: Final = "file"
#: Control characters, marks that turn the direction of text, halves of characters.
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs"})
#: What a quoted string in a header must not hold, or what readers unquote in it.
_UNQUOTABLE: Final = frozenset('"\\%;')


def shown_name(typed: str) -> str:
    """Return a file's name as a message names it, whatever is in the file."""
    return _cleaned(typed)[:NAME_MAX] or _NAMELESS


def kept_name(typed: str, media_type: str) -> str:
    """Return the name under which a file is kept: as it was, without folders and hidden marks.

    A name that promises another type gets the ending of the type that the content has.
    """
    name, endings = _cleaned(typed), ENDINGS[media_type]
    ending = PurePosixPath(name).suffix
    if ending.lower() in endings:
        name = name.removesuffix(ending)
    else:
        ending = endings[0]
    return (name[: NAME_MAX - len(ending)].rstrip(". ") or _NAMELESS) + ending


def _cleaned(typed: str) -> str:
    last = typed.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        " " if letter.isspace() else letter
        for letter in last
        if letter.isspace() or unicodedata.category(letter) not in _DROPPED
    )
    return " ".join(unicodedata.normalize("NFC", shown).split()).strip(". ")


def disposition(name: str) -> str:
    """Return the header that lets a browser save a file under its name (RFC 6266).

    Programs that know no other letters than ASCII find a name of those.
    """
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in _UNQUOTABLE else "_"
        for letter in name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
