"""The public home: what the registry is, and how many credits it holds."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, url_for

from app.domain.accounts import HOLDING_KINDS, KIND_NAMES, Holding, Kind
from app.store import blocks, countries
from app.store.blocks import Search
from app.web import words
from app.web.access import public
from app.web.pages import page
from app.web.sessions import reading

blueprint = Blueprint("public", __name__)


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
    by_kind = blocks.totals(reading(), Search())
    partners = countries.everyone(reading())
    return page(
        "public/home.html",
        by_kind=by_kind,
        kinds_of_accounts=kinds_of_accounts(by_kind),
        tonnes={
            state: sum(by_kind.get(kind, 0) for kind in kinds)
            for state, kinds in HOLDING_KINDS.items()
        },
        Holding=Holding,
        partners=partners,
    )


def kinds_of_accounts(by_kind: Mapping[Kind, int]) -> list[tuple[str, int]]:
    """Return every kind of account with its tonnes, for a chart and its table."""
    return [(words.text(name), by_kind.get(kind, 0)) for kind, name in KIND_NAMES.items()]
