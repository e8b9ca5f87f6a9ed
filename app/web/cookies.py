"""The cookies that the registry sets: each of them necessary, and listed on the privacy page.

Registries that are served under one host have cookies of their own: the registry's code is part of
each name, as the address that `__Host-` binds a cookie to leaves out the path.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from app.config import Config
from app.web.sessions import registry

SESSION: Final = "session"
DEVICE: Final = "device"
APPLICATION: Final = "application"
LANGUAGE: Final = "language"
#: Keeps that the notice on cookies was read.
NOTICE: Final = "cookie_notice"
#: Those that only TLS may carry, where there is TLS.
_BOUND: Final = frozenset({SESSION, DEVICE, APPLICATION})


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie as the privacy page tells of it."""

    name: str
    set_when: Any
    purpose: Any
    kept: Any


def named(word: str, config: Config) -> str:
    """Return what a cookie of a registry is called."""
    bound = "__Host-" if config.tls and word in _BOUND else ""
    return f"{bound}{word}_{config.code.lower()}"


def own(word: str) -> str:
    """Return what a cookie of this registry is called."""
    return named(word, registry())


def listed() -> list[Cookie]:
    """Return every cookie that the registry may set."""
    year = _("One year")
    return [
        Cookie(
            own(SESSION),
            _("When you sign in, or open a form"),
            _("Keeps you signed in, and shows that a form you send was given to you by us."),
            _("12 hours after sign-in at most; otherwise until the browser is closed"),
        ),
        Cookie(
            own(DEVICE),
            _("When you sign in"),
            _("Shows whether you have signed in with this browser before, to warn you if not."),
            year,
        ),
        Cookie(
            own(APPLICATION),
            _("When you apply without signing in"),
            _("Opens the application that you began in this browser."),
            _("90 days"),
        ),
        Cookie(
            own(LANGUAGE),
            _("When you change the language of a page behind sign-in"),
            _("Keeps the language you chose."),
            year,
        ),
        Cookie(
            own(NOTICE),
            _("When you hide the notice on cookies"),
            _("Keeps the notice hidden."),
            year,
        ),
    ]
