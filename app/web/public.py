"""The public home: where to go, what is new, and how many credits there are in which state."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from flask import Blueprint, current_app, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.domain.accounts import HOLDING_KINDS, KIND_NAMES, Holding, Kind
from app.store import acquired, blocks, countries
from app.store import news as news_questions
from app.store.blocks import Search
from app.web import news, words
from app.web.access import SIGN_IN, public
from app.web.pages import page
from app.web.sessions import now, reading

blueprint = Blueprint("public", __name__)


class Place(NamedTuple):
    """Where one can go from the home page, and why one would."""

    address: str
    name: str
    purpose: str


@blueprint.get("/")
@public
def root() -> Any:
    """Lead to the home page in the reader's language."""
    answer = redirect(url_for("public.home", language=words.language()), 302)
    answer.vary.update(("Accept-Language", "Cookie"))
    return answer


@blueprint.get(f"{words.PREFIX}/")
@public
def home() -> Any:
    session = reading()
    by_kind = blocks.totals(session, Search())
    return page(
        "public/home.html",
        places=places(),
        pieces=news_questions.public_page(session, now(), size=news.HOME_SIZE),
        windows=news.windows(),
        title_of=news.title_of,
        by_kind=by_kind,
        kinds_of_accounts=kinds_of_accounts(by_kind),
        tonnes={
            state: sum(by_kind.get(kind, 0) for kind in kinds)
            for state, kinds in HOLDING_KINDS.items()
        },
        issued=issued(session, by_kind),
        Holding=Holding,
        partners=countries.everyone(session),
    )


def issued(session: Session, by_kind: Mapping[Kind, int], project_id: int | None = None) -> int:
    """Return how many of some credits this registry itself issued, in tonnes."""
    return sum(by_kind.values()) - acquired.tonnes(session, project_id)


def kinds_of_accounts(by_kind: Mapping[Kind, int]) -> list[tuple[str, int]]:
    """Return every kind of account with its tonnes, for a chart and its table.

    What lies in other registries is told of only where there is any.
    """
    return [
        (words.text(name), by_kind.get(kind, 0))
        for kind, name in KIND_NAMES.items()
        if kind is not Kind.EXTERNAL or by_kind.get(kind)
    ]


#: The menu of the registry's public site, in its order.
_MENU: Final = (
    "about.show",
    "procedures.show",
    "about.contact",
    "credits.search",
    "disclosure.show",
    SIGN_IN,
)


def places() -> list[Place]:
    """Return the menu of the registry's public site, each entry with its purpose."""
    told = {
        "about.show": (
            _("About the JCM registry"),
            _("What the registry is, and the way of credits through it."),
        ),
        "procedures.show": (
            _("Application forms and procedures"),
            _("How to open an account and to change or close it, with every form."),
        ),
        "about.contact": (
            _("Contact"),
            _("Where to ask about accounts, applications and data."),
        ),
        "credits.search": (
            _("Credit search"),
            _("Find credits by serial number, project, partner country, vintage and state."),
        ),
        "disclosure.show": (
            _("Information disclosure"),
            _("Account holders, credits by type of account, and the transactions of each year."),
        ),
        SIGN_IN: (
            _("JCM Registry System"),
            _("Sign in to your accounts: holdings, transfers, retirement and applications."),
        ),
    }
    return [
        Place(url_for(endpoint), *told[endpoint])
        for endpoint in _MENU
        if endpoint in current_app.view_functions
    ]
