"""Every interface wording has its Japanese, and the catalogue says what the code says."""

import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
CATALOGUE = ROOT / "translations" / "ja" / "LC_MESSAGES" / "messages.po"

#: Named placeholders of gettext, %(name)s, and of str.format, {name}.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


def test_every_wording_has_its_japanese() -> None:
    missing = [
        message.id
        for message in wordings()
        if not japanese(message.id, message.context) or not all(strings(message))
    ]
    assert not missing, "run `make words` and write the Japanese of these"


def test_no_japanese_is_a_guess() -> None:
    assert not [message.id for message in translated() if message.fuzzy]


def test_no_japanese_is_kept_for_a_wording_that_is_gone() -> None:
    used = {key(message.id, message.context) for message in wordings()}
    gone = [message.id for message in translated() if key(message.id, message.context) not in used]
    assert not gone + list(catalogue().obsolete), "run `make words`"


def test_japanese_names_the_same_facts_as_english() -> None:
    """A plural may leave its number out in English ("one block"), so only its last form counts."""
    different = [
        message.id
        for message in translated()
        if any(facts(said) != facts(strings_of(message.id)[-1]) for said in strings(message))
    ]
    assert not different


def test_the_compiled_catalogue_is_the_one_in_the_source() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = {key(m.id, m.context): m.string for m in read_mo(file) if m.id}
    assert compiled == {key(m.id, m.context): m.string for m in translated()}


@cache
def wordings() -> list[Message]:
    """Extract the interface wording from the code, as `make words` does."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = DEFAULT_KEYWORDS | parse_keywords(["_l", "lazy_gettext", "pgettext:1c,2"])
    found = Catalog()
    for _, _, wording, _, context in extract_from_dir(ROOT, methods, options, keywords):
        found.add(wording, context=context)
    return [message for message in found if message.id]


@cache
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ja")


def translated() -> list[Message]:
    return [message for message in catalogue() if message.id]


def japanese(wording: str | tuple[str, ...], context: str | None) -> tuple[str, ...]:
    message = catalogue().get(wording, context)
    return strings(message) if message else ()


def key(wording: str | tuple[str, ...], context: str | None) -> tuple[str, str | None]:
    return strings_of(wording)[0], context


def strings(message: Message) -> tuple[str, ...]:
    return strings_of(message.string)


def strings_of(wording: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (wording,) if isinstance(wording, str) else tuple(wording)


def facts(wording: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(wording))
