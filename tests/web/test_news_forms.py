"""The form of a piece of news: how its time is read, and what a signature of it covers."""

from datetime import UTC, datetime

from werkzeug.datastructures import MultiDict

from app.domain.errors import NotADate, Required, UnknownChoice
from app.domain.people_errors import AlreadyBegun
from app.web.news_forms import Typed
from tests.portal import Portal
from tests.world import NOW

TEXTS = {"title_en": "Title", "title_ja": "件名", "text_en": "Text", "text_ja": "本文"}


def typed(**fields: str) -> Typed:
    return Typed.of(MultiDict(TEXTS | fields))


def refusals(made: Typed) -> dict[str, type]:
    return {name: type(one) for name, one in made.refusals.items()}


def test_a_time_is_one_of_the_registrys_zone_and_lies_ahead(portal: Portal) -> None:
    portal.app.config["CLOCK"] = lambda: NOW
    with portal.app.test_request_context("/"):
        at = typed(when="later", on="3/11/2026", time="９時00分").read(is_published=False).at
        assert at == datetime(2026, 11, 3, tzinfo=UTC)
        assert typed(when="now", on="bad").read(is_published=False).at is None
        for fields, expected in (
            ({"when": ""}, {"when": Required}),
            ({"when": "never"}, {"when": UnknownChoice}),
            ({"when": "later"}, {"on": Required, "time": Required}),
            ({"when": "later", "on": "2026-11", "time": "09:00"}, {"on": NotADate}),
            ({"when": "later", "on": "2026-11-02", "time": "10:29"}, {"on": AlreadyBegun}),
        ):
            assert refusals(typed(**fields).read(is_published=False)) == expected
        # What is published has no field for its time.
        assert not refusals(typed().read(is_published=True))


def test_the_signature_covers_every_word_the_time_and_what_is_replaced(portal: Portal) -> None:
    with portal.app.test_request_context("/"):
        base = typed(key="k", seen="s")
        signed = [base.signed(7), base.signed(None)]
        signed += [typed(**{"key": "k", "seen": "s", name: "other"}).signed(7) for name in TEXTS]
        signed += [typed(key="k2", seen="s").signed(7), typed(key="k", seen="s2").signed(7)]
        later = typed(key="k", seen="s")
        later.at = NOW
        signed.append(later.signed(7))
    assert all(signed.count(one) == 1 for one in signed)
