"""Open data: the page that says what there is and what its columns mean, and the daily files."""

from typing import Any, Final

from flask import Blueprint, Response, send_file, url_for
from flask_babel import gettext as _

from app.domain import cad_trust, open_data
from app.domain.errors import NotFound
from app.domain.openapi import ROOT
from app.registry import dumps
from app.web import words
from app.web.access import public
from app.web.addresses import whole
from app.web.country import is_japan
from app.web.pages import number, page
from app.web.sessions import registry

blueprint = Blueprint("open_data", __name__)

#: How many days of files the page lists.
_DAYS_SHOWN: Final = 31
#: The endpoint of the file that each table is on its page.
_FILES: Final = {
    "projects": "projects.table",
    "credits": "credits.table",
    "methodologies": "methodologies.table",
    "partner-countries": "partners.table",
    "third-party-entities": "third_party_entities.table",
}


@blueprint.get(f"{words.PREFIX}/open-data")
@public
def show() -> Any:
    days = dumps.every(registry().dumps)
    return page(
        "open_data/show.html",
        days=days[:_DAYS_SHOWN],
        has_more=len(days) > _DAYS_SHOWN,
        manifest=dumps.MANIFEST,
        files=[(table, url_for(endpoint)) for table, endpoint in _FILES.items()],
        trust_tables=[one for one in cad_trust.TABLES if one.name in cad_trust.FILLED],
        tables=open_data.TABLES,
        table_names=open_data.TABLE_NAMES,
        form_names=open_data.FORM_NAMES,
        licence=open_data.licence(is_japan=is_japan()),
        examples=open_data.EXAMPLES,
        limit=_limit(),
        api_root=whole(f"{ROOT}/"),
        api_origin=whole(""),
    )


@blueprint.get("/data/<day>/<name>")
@public
def dump(day: str, name: str) -> Response:
    """Send a file that the manifest of a day names, or the manifest; nothing else is reachable."""
    folder = registry().dumps
    found = dumps.read(folder, day)
    file = found.file(name) if found else None
    if found is None or (file is None and name != dumps.MANIFEST):
        raise NotFound("file")
    answer = send_file(
        folder / found.day.isoformat() / name,
        mimetype="application/json" if file is None else "application/gzip",
        as_attachment=file is not None,
        download_name=f"{registry().code.lower()}-{found.day.isoformat()}-{name}",
        etag=file.digest if file else True,
        last_modified=found.made_at,
        conditional=True,
    )
    # What is packed stays packed: it is a file, not a way of sending one.
    answer.headers.pop("Content-Encoding", None)
    return answer


def _limit() -> str:
    count, _per, unit = registry().api_limit.split()
    said = number(int(count))
    if unit == "minute":
        return str(_("Up to %(count)s requests a minute are answered for one network.", count=said))
    if unit == "hour":
        return str(_("Up to %(count)s requests an hour are answered for one network.", count=said))
    return str(_("Up to %(count)s requests a second are answered for one network.", count=said))
