"""The table of answers for what is recorded and reported under Article 6.2.

In the order of the persons of `tests.journeys.matrix`.
"""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.authorizations import Standing
from app.registry import aef_editions
from app.registry.aef_editions import Reporting
from tests import article6
from tests.world import World

Route = tuple[str, str]
_VERSION: Final = "/portal/article6/authorizations/versions/{entered}"

ARTICLE6: Final[list[tuple[tuple[int, ...], list[Route]]]] = [
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 200),
        [
            ("GET article6.show", "/portal/article6"),
            ("GET actions.search", "/portal/article6/actions"),
            ("GET actions.table", "/portal/article6/actions.csv"),
            ("GET cross_check.new", "/portal/article6/cross-check"),
        ],
    ),
    (
        # No file came.
        (403, 403, 403, 403, 403, 422, 422, 422, 403, 422),
        [("POST cross_check.create", "/portal/article6/cross-check")],
    ),
    (
        # Nothing is named.
        (403, 403, 403, 403, 403, 404, 404, 404, 403, 404),
        [
            ("GET remarks.search", "/portal/article6/remarks"),
            ("POST remarks.create", "/portal/article6/remarks"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 200),
        [("GET remarks.search", "/portal/article6/remarks?subject=adjustments:JPN")],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 200),
        [("GET holds.search", "/portal/article6/holds")],
    ),
    (
        # Nothing is named, or nothing is held.
        (403, 403, 403, 403, 403, 422, 422, 403, 403, 403),
        [
            ("GET holds.new", "/portal/article6/holds/new"),
            ("POST holds.create", "/portal/article6/holds"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 404, 404, 403, 403, 403),
        [
            ("GET holds.lift", "/portal/article6/holds/1/lifting"),
            ("POST holds.lift", "/portal/article6/holds/1/lifting"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 200),
        [("GET adjustments.own", "/portal/article6/adjustments")],
    ),
    (
        (403, 403, 403, 403, 403, 422, 422, 403, 403, 403),
        [("POST adjustments.save", "/portal/article6/adjustments")],
    ),
    (
        # No figures are saved.
        (403, 403, 403, 403, 403, 404, 404, 404, 403, 404),
        [
            ("GET adjustments.own_book", "/portal/article6/adjustments.xlsx"),
            ("GET adjustments.own_document", "/portal/article6/adjustments.json"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 200),
        [
            ("GET aef.search", "/portal/article6/aef"),
            ("GET aef.show", "/portal/article6/aef/2025"),
            ("GET aef.draft", "/portal/article6/aef/2025.xlsx"),
            ("GET aef.edition", "/portal/article6/aef/editions/2025/{aef}"),
            ("GET aef.file", "/portal/article6/aef/editions/2025/{aef}.json"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 422, 422, 403, 403, 403),
        [
            ("POST aef.freeze", "/portal/article6/aef/2025/editions"),
            ("POST aef.submit", "/portal/article6/aef/editions/2025/{aef}/submission"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 200, 403, 200),
        [
            ("GET authorizations.search", "/portal/article6/authorizations"),
            ("GET authorizations.show", "/portal/article6/authorizations/{granted}"),
            ("GET approaches.search", "/portal/article6/approaches"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 403, 403, 403, 403),
        [
            ("GET authorizations.new", "/portal/article6/authorizations/new"),
            ("GET authorizations.change", "/portal/article6/authorizations/{granted}/versions/new"),
            (
                "GET authorizations.revocation",
                "/portal/article6/authorizations/{granted}/revocation",
            ),
            ("GET approaches.change", "/portal/article6/approaches/{approach}"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 422, 403, 403, 403, 403),
        [
            ("POST authorizations.create", "/portal/article6/authorizations"),
            (
                "POST authorizations.revise",
                "/portal/article6/authorizations/{granted}/versions/new",
            ),
            ("POST authorizations.revise", "/portal/article6/authorizations/{granted}/versions"),
            ("POST authorizations.revoke", "/portal/article6/authorizations/{granted}/revocation"),
            ("POST approaches.change", "/portal/article6/approaches/{approach}"),
            ("POST authorizations.add_document", f"{_VERSION}/documents"),
        ],
    ),
    (
        (403, 403, 403, 403, 403, 200, 200, 403, 403, 403),
        [("GET authorizations.approval", f"{_VERSION}/approval")],
    ),
    (
        # Another version was shown than the one that waits.
        (403, 403, 403, 403, 403, 403, 409, 403, 403, 403),
        [("POST authorizations.approve", f"{_VERSION}/approval")],
    ),
    (
        (403, 403, 403, 403, 403, 422, 422, 403, 403, 403),
        [("POST authorizations.reject", f"{_VERSION}/rejection")],
    ),
    (
        # It has no document.
        (403, 403, 403, 403, 403, 404, 404, 404, 403, 404),
        [("GET authorizations.document", f"{_VERSION}/documents/1")],
    ),
]


def objects(session: Session, cast: World, now: datetime) -> dict[str, str]:
    """Return what the names in the addresses stand for: an edition of a year with nothing in it."""
    told = Reporting("JPN", (2021, 2030), ZoneInfo("Asia/Tokyo"))
    today: date = now.astimezone(told.zone).date()
    found = aef_editions.read(session, told, 2025, today)
    seen = aef_editions.digest(found, found.lines()).hex()
    asked = {"submitted_on": today, "seen": seen, "key": "matrix"}
    made = aef_editions.freeze(session, told, 2025, actor=cast.operator, now=now, **asked)
    return {"aef": str(made)} | _authorizations(session, cast)


def _authorizations(session: Session, cast: World) -> dict[str, str]:
    """Make an approach, an authorization that was granted, and one that waits."""
    approach = article6.approach(session)
    granted = article6.authorization(session, cast, approach, identifier="JPN 2022-1")
    waiting = {"standing": Standing.PROPOSED, "decided_by": None, "decided_at": None}
    entered = article6.authorization(session, cast, approach, identifier="JPN 2022-2", **waiting)
    return {
        "approach": approach.code,
        "granted": granted.authorization.identifier,
        "entered": str(entered.id),
    }
