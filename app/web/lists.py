"""What every list of the portal shares: the filter as typed, its chips, and pages of rows."""

import dataclasses
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, TypeVar

from flask import request

from app.domain import bands
from app.domain.errors import Refusal, UnknownChoice
from app.domain.serials import SERIAL_MAX
from app.domain.text import normalise
from app.web import dates
from app.web.messages import sentence

PAGE_SIZE: Final = 50
COUNT_CAP: Final = 10_000
#: Whatever projects, methodologies and third-party entities are called.
_REFERENCE: Final = re.compile(r"[A-Z0-9_-]{1,40}", re.ASCII)
#: Characters of a filter that are read, and of a wrong choice that are said again.
_TYPED_MAX: Final = 200
_SAID_MAX: Final = 40

#: A dataclass of texts, one for each field of a filter; empty means any.
Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Shown:
    """One page of a list, and the addresses of the pages before and after it."""

    rows: Sequence[Any]
    count: int
    summary: str = ""
    previous: str | None = None
    next: str | None = None


def typed(filter_: type[Asked]) -> Asked:
    """Return what the filter says, as typed but with widths unified."""
    names = [field.name for field in dataclasses.fields(filter_)]  # type: ignore[arg-type]  # one of ours
    given = {name: request.args.get(name, "").replace("\0", "") for name in names}
    return filter_(**{name: normalise(said)[:_TYPED_MAX] for name, said in given.items()})


def given(asked: Any) -> dict[str, Any]:
    """Return what was filled in, for an address."""
    return {name: said for name, said in dataclasses.asdict(asked).items() if said}


def choices(asked: Any, offered: Mapping[str, Container[str]], errors: dict[str, str]) -> None:
    """Say in `errors`, each at its field, what is none of the choices offered."""
    for name, known in offered.items():
        said = getattr(asked, name)
        if said and said not in known:
            errors[name] = sentence(UnknownChoice(said[:_SAID_MAX], field=name))


def days(asked: Any, errors: dict[str, str]) -> dict[str, datetime | None]:
    """Read the fields `since` and `until`; what is wrong is said in `errors`, each at its field."""
    found: dict[str, datetime | None] = {"since": None, "until": None}
    for name, edge in (("since", dates.begins), ("until", dates.ends)):
        try:
            day = dates.parse(getattr(asked, name), name)
            found[name] = edge(day) if day else None
        except Refusal as refusal:
            errors[name] = sentence(refusal)
    return found


def chips(
    asked: Any,
    names: Mapping[str, Mapping[str, str] | Callable[[str], str]],
    address: Callable[..., str],
) -> list[dict[str, str]]:
    """Return the filters in force, each with the address of the list without it.

    Args:
        names: what a field's chip says: the wording of each choice, or a function of what was
            typed; without either it says what was typed.
    """
    filled = given(asked)
    return [
        {
            "label": _label(names.get(name, {}), said),
            "address": address(**{key: other for key, other in filled.items() if key != name}),
        }
        for name, said in filled.items()
    ]


def turned(
    find: Callable[..., Sequence[Any]],
    count: int,
    address: Callable[..., str],
    *,
    summary: str = "",
    newest_first: bool = True,
    by_reference: bool = False,
) -> Shown:
    """Return the page asked for.

    Args:
        find: gives rows with an `id`, by `before`, `after` (ids) and `size`.
        address: makes the address of another page from `before` or `after`.
        by_reference: the rows are in the order of their `reference`, ascending, not of an `id`.
    """
    onward, back = ("after", "before") if by_reference or not newest_first else ("before", "after")
    read: Callable[[str], Any] = reference if by_reference else position
    key = attrgetter("reference" if by_reference else "id")
    forth = read(onward)
    returned = None if forth else read(back)
    found = find(**{onward: forth, back: returned}, size=PAGE_SIZE + 1)
    more = len(found) > PAGE_SIZE
    rows = found[-PAGE_SIZE:] if returned is not None else found[:PAGE_SIZE]
    has_previous = more if returned is not None else forth is not None
    has_next = True if returned is not None else more
    return Shown(
        rows,
        count,
        summary,
        address(**{back: key(rows[0])}) if rows and has_previous else None,
        address(**{onward: key(rows[-1])}) if rows and has_next else None,
    )


def position(name: str) -> int | None:
    """Return the id that an address names as `before` or `after`; None for anything else."""
    said = request.args.get(name, "")
    is_number = said.isascii() and said.isdecimal() and len(said) <= len(str(SERIAL_MAX))
    return min(int(said), SERIAL_MAX) if is_number else None


def serial(name: str) -> int | None:
    """Return the place of the serial number that an address names; None for anything else."""
    return bands.position(request.args.get(name, "")[:_TYPED_MAX])


def reference(name: str) -> str | None:
    """Return the reference that an address names as `before` or `after`; None for anything else."""
    said = request.args.get(name, "")
    return said if is_reference(said) else None


def is_reference(said: str) -> bool:
    """Tell whether something could be called that; a database need not be asked otherwise."""
    return bool(_REFERENCE.fullmatch(said))


def _label(names: Mapping[str, str] | Callable[[str], str], said: str) -> str:
    return str(names(said) if callable(names) else names.get(said, said))
