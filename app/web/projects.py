"""Public pages about projects: the list, and each with its Joint Committee decisions."""

from typing import Any, Final

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from app.domain.errors import NotFound
from app.domain.projects import REFERENCE, STAGE_NAMES, Stage
from app.domain.text import normalise
from app.store import blocks, countries, decisions, projects
from app.web import words
from app.web.access import public
from app.web.pages import page
from app.web.public import kinds_of_accounts
from app.web.sessions import reading

blueprint = Blueprint("projects", __name__)

PAGE_SIZE: Final = 50
_FILTERS: Final = ("q", "partner", "stage")


@blueprint.get(f"{words.PREFIX}/projects")
@public
def search() -> Any:
    session = reading()
    asked = {name: normalise(request.args.get(name, "")) for name in _FILTERS}
    partners = countries.names(session)
    given: dict[str, Any] = {name: typed for name, typed in asked.items() if typed}
    wanted = projects.Search(
        words=asked["q"],
        partner=asked["partner"] or None,
        stage=Stage(asked["stage"]) if asked["stage"] in set(Stage) else None,
    )
    after, before = (_position(name) for name in ("after", "before"))
    rows = list(projects.find(session, wanted, after=after, before=before, size=PAGE_SIZE + 1))
    more = len(rows) > PAGE_SIZE
    rows = rows[-PAGE_SIZE:] if before else rows[:PAGE_SIZE]
    has_previous, has_next = (more, True) if before else (after is not None, more)
    return page(
        "projects/search.html",
        asked=asked,
        rows=rows,
        count=projects.count(session, wanted),
        partners={code: words.text(name) for code, name in partners.items()},
        stages={stage: words.text(name) for stage, name in STAGE_NAMES.items()},
        chips=_chips(given, {code: words.text(name) for code, name in partners.items()}),
        previous=url_for("projects.search", **given, before=rows[0].reference)
        if rows and has_previous
        else None,
        next=url_for("projects.search", **given, after=rows[-1].reference)
        if rows and has_next
        else None,
        all_address=url_for("projects.search"),
        project_address=url_for("projects.show", reference="-")[:-1],
    )


@blueprint.get(f"{words.PREFIX}/projects/<reference>")
@public
def show(reference: str) -> Any:
    session = reading()
    project = projects.by_reference(session, reference)
    if project is None:
        raise NotFound("project")
    by_kind = blocks.totals(session, blocks.Search(projects=(project.id,)))
    return page(
        "projects/show.html",
        project=project,
        partner=countries.names(session)[project.partner],
        decisions=decisions.positions(session, project_id=project.id),
        by_kind=by_kind,
        kinds_of_accounts=kinds_of_accounts(by_kind),
        stage_name=STAGE_NAMES[project.stage],
    )


def _position(name: str) -> str | None:
    typed = request.args.get(name, "")
    return typed if REFERENCE.fullmatch(typed) else None


def _chips(given: dict[str, Any], partners: dict[str, str]) -> list[dict[str, str]]:
    labels = {
        **partners,
        **{stage.value: words.text(name) for stage, name in STAGE_NAMES.items()},
    }
    return [
        {
            "label": _("Search: %(text)s", text=typed) if name == "q" else labels.get(typed, typed),
            "address": url_for(
                "projects.search", **{key: value for key, value in given.items() if key != name}
            ),
        }
        for name, typed in given.items()
    ]
