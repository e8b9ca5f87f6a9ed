"""A test client that looks at each page it fetches: valid HTML, one h1, labels, one language."""

import atexit
import hashlib
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.text import normalise
from tests import postgres

HTML = "{http://www.w3.org/1999/xhtml}"
ENGLISH_SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}")
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
#: Attributes that people read or hear.
SPOKEN = ("aria-label", "alt", "placeholder", "title", "data-failed", "data-announce", "data-label")
#: What is new on a page whenever it is shown: tokens and keys, and numbers, such as times.
_TOKENS = re.compile(
    r'(?<=(?:value|ntent)=")[\w.+/=-]{32,}(?=")|(?<=data-passkey-get=")[^"]*(?=")|[0-9]+'
)
#: What the language switch says in both languages at once.
BOTH = "Language / 言語"


class CheckedClient(FlaskClient):
    """Fetch as any client does, and fail on the first page that is not sound."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and answer.data and not answer.location:
            # What was sent cannot be read from the request again.
            sent = kwargs.get("data")
            typed = (*answer.request.args.values(), *_texts(sent or {}))
            if answer.text.startswith("<!doctype html>"):
                check_page(answer.text, typed)
            else:
                check_part(answer.text, answer.headers["Content-Language"], typed)
        return answer


def _texts(sent: dict[str, Any]) -> Iterator[str]:
    """Yield what was typed in a form, and the names of files sent with it."""
    for value in sent.values():
        for one in value if isinstance(value, list) else [value]:
            yield one if isinstance(one, str) else one[1]


def check_page(text: str, typed: Iterable[str] = ()) -> None:
    """Fail unless a whole page is sound; what the person typed may be in any language."""
    typed = tuple(one for one in typed if one and normalise(one) in text)
    sound = _sound(text, typed)
    if sound.exists():
        return
    root = html5lib.HTMLParser(strict=True).parse(text)
    language = root.get("lang")
    assert language in {"en", "ja"}
    assert len(list(root.iter(f"{HTML}h1"))) == 1
    title = root.findtext(f"./{HTML}head/{HTML}title") or ""
    assert " | " in title, title
    _check(root, language, typed)
    ids = {element.get("id") for element in root.iter()}
    for element in root.iter():
        for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
            missing = set((element.get(name) or "").split()) - ids
            assert not missing, f"{name} names {missing}"
        if (element.get("href") or "").startswith("#"):
            assert element.get("href", "")[1:] in ids
    sound.touch()


def check_part(text: str, language: str, typed: Iterable[str] = ()) -> None:
    """Fail unless a block that was asked for alone is sound."""
    typed = tuple(one for one in typed if one and normalise(one) in text)
    sound = _sound(text, (language, *typed))
    if sound.exists():
        return
    root = html5lib.HTMLParser(strict=True).parseFragment(text)
    _check(root, language, typed)
    sound.touch()


def _sound(text: str, about: tuple[str, ...]) -> Path:
    """Return the file that is there once a page was found sound, by any worker of this run.

    A page that differs only in tokens and numbers from one that was looked at is not looked at
    again.
    """
    digest = hashlib.blake2b(repr((_TOKENS.sub("", text), about)).encode(), digest_size=20)
    return _folder() / digest.hexdigest()


@cache
def _folder() -> Path:
    if postgres.FOLDER in os.environ:
        folder = Path(os.environ[postgres.FOLDER], "sound")
        folder.mkdir(exist_ok=True)
    else:
        folder = Path(tempfile.mkdtemp(prefix="registry-", dir=postgres.quick_place()))
        atexit.register(shutil.rmtree, folder)
    return folder


def _check(root: Element, language: str, typed: Iterable[str]) -> None:
    seen = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert not [name for name, times in seen.items() if times > 1]
    labelled = {element.get("for") for element in root.iter(f"{HTML}label")}
    for element in root.iter():
        inline = [name for name in element.attrib if name == "style" or name.startswith("on")]
        assert not inline, f"{element.tag} has {inline}, which the policy forbids"
        assert element.tag != f"{HTML}style"
        if element.tag == f"{HTML}script":
            assert element.get("src")
        if element.tag.removeprefix(HTML) in {"input", "select", "textarea"}:
            hidden = element.get("type") == "hidden"
            assert hidden or element.get("id") in labelled or element.get("aria-label")
        if element.tag == f"{HTML}img":
            assert element.get("alt") is not None
    said = [words for words in spoken(root, language) if words and not words.isspace()]
    # All at once, as almost every page is in its language; wordings never run on over a line.
    if not _is_in(without("\n".join(words for words in said if words != BOTH), typed), language):
        foreign = [words for words in said if not _is_in(without(words, typed), language)]
        assert not foreign, f"not in {language}: {foreign}"


def spoken(element: Element, language: str, *, inside: str = "") -> Iterator[str]:
    """Yield every wording of a page that stands in the page's own language."""
    inside = element.get("lang") or inside or language
    if element.tag in {f"{HTML}script", f"{HTML}style"}:
        return
    if inside == language:
        yield element.text or ""
        yield from (element.get(name) or "" for name in SPOKEN)
    for child in element:
        yield from spoken(child, language, inside=inside)
        if inside == language:
            yield child.tail or ""


def without(words: str, typed: Iterable[str]) -> str:
    """Return the words of the page with what the person typed left out."""
    for one in typed:
        words = words.replace(normalise(one), "") if one.strip() else words
    return words


def _is_in(words: str, language: str) -> bool:
    if words == BOTH:
        return True
    return not (ENGLISH_SENTENCE if language == "ja" else JAPANESE).search(words)
