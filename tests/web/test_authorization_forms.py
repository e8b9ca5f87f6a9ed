"""How the form of an authorization is read, and filled in again."""

from flask import Flask
from werkzeug.datastructures import MultiDict

from app.domain.authorization_elements import ENTITIES_MAX, Entity
from app.web.authorization_forms import Revoking, Typed
from tests.web.test_authorizations import FORM


def test_what_was_read_fills_the_form_again(site: Flask) -> None:
    with site.test_request_context("/en/"):
        typed = Typed.of(MultiDict(FORM))
        said = typed.read()
        assert said is not None, typed.errors()
        # Places left empty close up.
        assert said.entities == (Entity("Aoba Energy", "JPN", "1234567890123"),)
        again = Typed.again(said, seen=7)
        assert (again.seen, again.values["quantity"], again.sectors) == (
            *(7, "5000", ["Energy generation"]),
        )
        assert again.values["authorized_on"] == "", "a change has a day of its own"
        again.values |= {"authorized_on": "2026-01-05", "effective_on": "2026-02-01"}
        assert again.read() == said


def test_no_form_is_too_odd_to_be_read(site: Flask) -> None:
    with site.test_request_context("/en/"):
        odd = dict.fromkeys(FORM, "\x00" * 9 + "＝1e9") | {"entities": "9" * 13, "seen": "-1"}
        typed = Typed.of(MultiDict(odd))
        assert typed.read() is None
        assert (typed.seen, len(typed.entities)) == (0, ENTITIES_MAX + 1)
        assert len(typed.more().entities) == ENTITIES_MAX
        revoking = Revoking.of(MultiDict({"effective_on": "x"}))
        revoking.read()
        assert set(revoking.errors()) == {"authorized_on", "effective_on"}
