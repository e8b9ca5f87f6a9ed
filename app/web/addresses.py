"""Whole addresses of public pages: the one each is known by, and the same in other languages."""

from typing import Any, Final
from urllib.parse import quote, urlencode

from flask import Flask, request, url_for

from app.web import words
from app.web.sessions import registry

#: What makes another page of an address; every other filter only chooses what is shown of it.
_KEPT: Final = ("date",)


def register(app: Flask) -> None:
    app.add_template_global(canonical, "canonical_address")
    app.add_template_global(alternates, "alternate_addresses")
    app.add_template_global(own, "own_address")
    app.add_template_global(printed, "printed_address")


def whole(path: str) -> str:
    """Return the whole address of a path below this registry, as the public reaches it."""
    return _root() + quote(path)


def canonical() -> str:
    """Return the one address by which search engines are to know this page."""
    return whole(request.path) + _query()


def own() -> str:
    """Return the path of this very page below the registry, with all that was asked of it."""
    query = request.query_string.decode("ascii", "ignore")
    return quote(request.path) + (f"?{query}" if query else "")


def printed() -> str:
    """Return the whole address of this very page, for a reader of the paper to type."""
    return _root() + own()


def alternates() -> dict[str, str]:
    """Return the address of this page by language; x-default is for readers of any other."""
    prefix = request.path[1:].partition("/")[0]
    if prefix not in words.offered():
        return {}
    rest = request.path[len(prefix) + 1 :]
    found = {code: whole(f"/{code}{rest}") + _query() for code in words.offered()}
    # Without a language the home page chooses the reader's own.
    return found | {"x-default": whole("/") if rest == "/" else found[registry().language]}


def of_endpoint(endpoint: str, **values: Any) -> dict[str, str]:
    """Return the addresses of a public page by language."""
    found = {
        code: _root() + url_for(endpoint, language=code, **values).removeprefix(request.script_root)
        for code in words.offered()
    }
    return found | {
        "x-default": whole("/") if endpoint == "public.home" else found[registry().language]
    }


def _root() -> str:
    """Return where the registry lies for the public."""
    return (registry().public_url or request.url_root).rstrip("/")


def _query() -> str:
    kept = {name: request.args[name] for name in _KEPT if request.args.get(name)}
    return f"?{urlencode(kept)}" if kept else ""
