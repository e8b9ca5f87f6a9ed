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
    missing = [wording for wording, context in extracted() if not japanese(wording, context)]
    assert not missing, "run `make words` and write the Japanese of these"


def test_no_japanese_is_a_guess() -> None:
    assert not [message.id for message in translated() if message.fuzzy]


def test_no_japanese_is_kept_for_a_wording_that_is_gone() -> None:
    gone = [said.id for said in translated() if (forms(said.id), said.context) not in extracted()]
    assert not [*gone, *catalogue().obsolete], "run `make words`"


def test_japanese_names_the_same_facts_as_english() -> None:
    """Of a plural, the form for many counts: English may say "one block" without its number."""
    different = [
        said.id
        for said in translated()
        if any(facts(form) != facts(forms(said.id)[-1]) for form in forms(said.string))
    ]
    assert not different


def test_japanese_has_one_form_for_one_and_many() -> None:
    """Without this rule in its header, gettext would answer in English for many."""
    assert catalogue().num_plurals == 1
    assert "nplurals=1" in catalogue_text().partition("\n\n")[0]


def test_the_compiled_catalogue_is_the_one_in_the_source() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = {(forms(said.id)[0], said.context): forms(said.string) for said in read_mo(file)}
    compiled.pop(("", None))
    assert compiled == {(forms(m.id)[0], m.context): forms(m.string) for m in translated()}


Forms = tuple[str, ...]


@cache
def extracted() -> set[tuple[Forms, str | None]]:
    """Find the interface wording in the code, as `make words` does."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    keywords = DEFAULT_KEYWORDS | parse_keywords(["_l", "lazy_gettext"])
    return {
        (forms(wording), context)
        for *_, wording, _, context in extract_from_dir(ROOT, methods, options, keywords)
    }


@cache
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ja")


def catalogue_text() -> str:
    return CATALOGUE.read_text(encoding="utf-8")


def translated() -> list[Message]:
    return [message for message in catalogue() if message.id]


def japanese(wording: Forms, context: str | None) -> bool:
    """Tell whether every form of a wording has its Japanese."""
    message = catalogue().get(wording[0], context)
    return message is not None and all(forms(message.string))


def forms(wording: str | tuple[str, ...] | list[str] | None) -> Forms:
    """Return the forms of a wording: one, or several where it counts something."""
    return (wording or "",) if isinstance(wording, str | None) else tuple(wording)


def facts(wording: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(wording))
