"""The registry as benchmarks serve it: itself, and one page whose fifty rows are constant.

The constant page is what the search answered the first time, rendered again and again from the
same values through the same template: the floor of the search page.
"""

from typing import Any

from flask import Response

from app import create_app, registries
from app.web import credits as search
from app.web import pages
from app.web.access import public

ADDRESS = "/en/constant"

app = create_app(registries.current())
_kept: dict[str, Any] = {}


@app.get(ADDRESS)
@public
def constant() -> Response:
    if not _kept:
        _keep()
    return pages.page("credits/search.html", **_kept)


def _keep() -> None:
    """Run the search view once and keep what it gives its template."""

    def keep(_template: str, *, status: int = 200, **context: Any) -> Response:
        _kept.update(context)
        return Response(status=status)

    whole, search.page = search.page, keep
    try:
        search.search()
    finally:
        search.page = whole
