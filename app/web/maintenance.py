"""Maintenance: told of on every page beforehand; while it is on, nothing is written.

Public pages stay readable. Administrators may sign in and look; whoever else is signed in gets a
page that says until when. Only announcements are still made, changed and ended.
"""

from datetime import UTC, datetime
from math import ceil
from typing import Any, Final

from flask import Flask, current_app, g, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.documents import moments
from app.domain.announcements import Announced, Kind, present
from app.domain.people_errors import UnderMaintenance
from app.domain.roles import is_administrator
from app.store import announcements
from app.web.access import by_program, person
from app.web.messages import sentence
from app.web.pages import day, page
from app.web.problems import problem
from app.web.sessions import kept, now, registry, renew
from app.web.words import language

#: Methods that change nothing.
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: What goes on: signing in and out, prolonging a session, what a browser keeps of its own reader;
#: and ending maintenance.
_GOES_ON: Final = frozenset({"sign_in", "words", "about", "announcements"})
_UNAVAILABLE: Final = 503
#: Where people are who have signed in.
_INSIDE: Final = ("/portal", "/applications")


def register(app: Flask) -> None:
    app.before_request(_gate)
    app.add_template_global(both_zones, "both_zones")


def look_again() -> None:
    """Let this process see at once what was announced; the others see it within seconds."""
    current_app.extensions.get("kept", {}).pop(_shown, None)


def is_on() -> bool:
    """Tell whether maintenance is on as this request is answered."""
    return present(g.get("maintenance", ()), now()) is not None


def both_zones(starts_at: datetime, ends_at: datetime) -> str:
    """Print a window in GMT and in the registry's time zone together."""
    zone = registry().time_zone
    own = _span(starts_at.astimezone(zone), ends_at.astimezone(zone), None)
    if not starts_at.astimezone(zone).utcoffset():
        return own
    gmt = _span(starts_at.astimezone(UTC), ends_at.astimezone(UTC), "GMT")
    return str(_("%(gmt)s (%(local)s)", gmt=gmt, local=own))


def _span(start: datetime, end: datetime, zone: str | None) -> str:
    clocks = {
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "zone": zone or moments.zone_name(end),
    }
    if start.date() == end.date():
        return str(_("%(start)s to %(end)s %(zone)s, %(day)s", **clocks, day=day(end)))
    days = {"first_day": day(start), "last_day": day(end)}
    return str(
        _("%(start)s on %(first_day)s to %(end)s on %(last_day)s %(zone)s", **clocks, **days)
    )


def _shown(session: Session) -> list[Announced]:
    return announcements.shown(session, now())


def _gate() -> Any:
    """Note which windows every page tells of, and answer in place of a view that must wait."""
    if request.endpoint == "static":
        return None
    announced = kept(_shown)
    # The request's own questions begin afresh, so that they see what is written before them.
    renew()
    g.maintenance = [
        one for one in announced if one.kind is Kind.MAINTENANCE and now() < one.ends_at
    ]
    window = present(g.maintenance, now())
    return None if window is None or _goes_on() else _closed(window)


def _goes_on() -> bool:
    if request.blueprint in _GOES_ON:
        return True
    if by_program():
        return False
    inside = request.path.startswith(_INSIDE)
    # Nobody signed in: the view asks to sign in first, and keeps what was typed.
    if inside and person() is None and not _is_public():
        return True
    return request.method in _SAFE and not (inside and _is_outsider())


def _is_public() -> bool:
    """Tell whether the view is for visitors too, such as those who fill in an application."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "access", "") == "public"


def _is_outsider() -> bool:
    found = person()
    return found is not None and not is_administrator(found.role)


def _closed(window: Announced) -> Any:
    if by_program():
        answer = problem(_UNAVAILABLE, window.title.get(language()), sentence(UnderMaintenance()))
    else:
        answer = _page(window)
    seconds = ceil((window.ends_at - now()).total_seconds())
    answer.headers["Retry-After"] = str(max(1, seconds))
    return answer


def _page(window: Announced) -> Any:
    return page(
        "maintenance/show.html",
        status=_UNAVAILABLE,
        window=window,
        may_look=not _is_outsider(),
        message=sentence(UnderMaintenance()),
        until=until(window),
    )


def until(window: Announced) -> str:
    """Print the end of a window in GMT and in the registry's time zone together."""
    end = window.ends_at
    gmt, local = end.astimezone(UTC), end.astimezone(registry().time_zone)
    return str(
        _(
            "%(gmt)s GMT, %(gmt_day)s (%(local)s %(zone)s, %(local_day)s)",
            gmt=f"{gmt:%H:%M}",
            gmt_day=day(gmt),
            local=f"{local:%H:%M}",
            local_day=day(local),
            zone=local.tzname(),
        )
    )
