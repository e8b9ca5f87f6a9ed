"""Article 6.2 at a glance: what the registry records under it, and where each part is found."""

from typing import Any, Final, NamedTuple

from flask import Blueprint, current_app, url_for
from flask_babel import lazy_gettext as _l

from app.domain.nomenclature import NAMES, ActionType
from app.domain.roles import Duty
from app.store import itmos
from app.web import words
from app.web.access import may_open, public, requires
from app.web.pages import page
from app.web.sessions import reading, registry

blueprint = Blueprint("article6", __name__)


class Part(NamedTuple):
    """A page of this subject: what it is called, and what it is for."""

    endpoint: str
    label: Any
    words: Any


#: Behind sign-in.
_PARTS: Final = (
    Part(
        "authorizations.search",
        _l("Authorizations"),
        _l("Cooperative approaches, and what the Party has authorized, in every version."),
    ),
    Part(
        "actions.search",
        _l("Actions"),
        _l("First transfers, acquisitions, uses and cancellations by unique identifier."),
    ),
    Part(
        "holds.search",
        _l("Flagged ITMOs"),
        _l("What a consistency check flagged as inconsistent, and is held."),
    ),
    Part(
        "aef.search",
        _l("Agreed electronic format"),
        _l("The annual information: pre-check, frozen editions and their submission."),
    ),
    Part(
        "cross_check.new",
        _l("Cross-check"),
        _l("A partner’s annual information against this registry’s, range by range."),
    ),
    Part(
        "adjustments.own",
        _l("Corresponding adjustments"),
        _l("The Party’s emissions balance over its NDC period, and the structured summary."),
    ),
)
#: For everyone.
_PUBLIC: Final = (
    Part(
        "authorizations.public",
        _l("Authorizations"),
        _l("What the Party has authorized, for which purposes, and since when."),
    ),
    Part(
        "actions.public",
        _l("Actions"),
        _l("First transfers, acquisitions, uses and cancellations by unique identifier."),
    ),
    Part(
        "aef.public",
        _l("Agreed electronic format"),
        _l("The annual information as it was submitted, with every earlier version."),
    ),
    Part(
        "adjustments.calculator",
        _l("Corresponding adjustments"),
        _l("How first transfers and uses change an emissions balance: three methods to try."),
    ),
)
#: In the order in which mitigation outcomes go through them.
_FIGURES: Final = (
    ActionType.AUTHORIZATION,
    ActionType.FIRST_TRANSFER,
    ActionType.TRANSFER,
    ActionType.ACQUISITION,
    ActionType.USE,
    ActionType.CANCELLATION,
    ActionType.VOLUNTARY_CANCELLATION,
)


@blueprint.get("/portal/article6")
@requires(Duty.SEE_ARTICLE_6)
def show() -> Any:
    """Lead a person of the registry, or a reviewer, to every part."""
    return _overview("article6/show.html", _PARTS, is_public=False)


@blueprint.get(f"{words.PREFIX}/article6", endpoint="public")
@public
def open_to_all() -> Any:
    """Lead everyone to what is public."""
    return _overview("article6/public.html", _PUBLIC, is_public=True)


def _overview(template: str, parts: tuple[Part, ...], *, is_public: bool) -> Any:
    session = reading()
    tonnes = itmos.tonnes(session, public=is_public)
    return page(
        template,
        parts=[
            (url_for(part.endpoint), part.label, part.words)
            for part in parts
            if part.endpoint in current_app.view_functions and may_open(part.endpoint)
        ],
        figures=[
            (words.text(NAMES[kind]), tonnes[kind], "") for kind in _FIGURES if kind in tonnes
        ],
        approaches=itmos.approaches(session),
        names=NAMES,
        own=registry(),
    )
