"""Markdown as administrators write it, turned into HTML that any page may carry."""

from collections.abc import Sequence
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_LEVEL_MAX: Final = 6
_TAGS: Final = {
    *("p", "br", "hr", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote"),
    *("strong", "em", "code", "pre", "a"),
}
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES: Final = {"http", "https", "mailto"}

#: No HTML of the writer's own; pictures, which would come from elsewhere, are cleaned away.
_PARSER: Final = MarkdownIt("commonmark", {"html": False})


def html(text: str, *, level: int = 2) -> str:
    """Return Markdown as clean HTML.

    Args:
        level: of its highest heading, so that it stands below those of the page.
    """
    tokens = _PARSER.parse(text)
    _lower(tokens, level)
    drawn = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return nh3.clean(
        str(drawn),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _lower(tokens: Sequence[Token], level: int) -> None:
    """Let the highest heading of a text be of `level`, and the others follow it without a gap."""
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    lowered = {tag: f"h{min(_LEVEL_MAX, level + place)}" for place, tag in enumerate(used)}
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = lowered[token.tag]
