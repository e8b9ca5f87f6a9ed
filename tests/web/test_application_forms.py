"""An application in the hands of its applicant: its sections, one by one, and what follows."""

import re
from html import escape

import pytest
from werkzeug.test import TestResponse

from app.domain.applications import Status, number
from app.domain.forms import examples, latest
from app.domain.forms.spec import Applicant, Kind
from app.store import applications as questions
from app.store.tables import Application
from tests import applying, world
from tests.asking import main
from tests.portal import Portal, PortalClient, counted, error_summary

SEEN = re.compile(r'name="seen" value="(\w+)"')


@pytest.fixture
def opening(portal: Portal) -> str:
    """A draft of Form 1."""
    return portal.database.write(
        lambda session: number(applying.begun(session, portal.world, 1).id)
    )


def found(portal: Portal, printed: str) -> Application:
    with portal.database.reading() as session:
        application = questions.by_id(session, int(printed[2:]))
        assert application is not None
        return application


def save(client: PortalClient, address: str, typed: dict[str, str], **more: str) -> TestResponse:
    """Open a section, type into it and press a button."""
    seen = SEEN.findall(client.get(address).text)[0]
    return client.send(address, **{"seen": seen, "action": "on"} | typed | more)


def test_all_sections_are_filled_in_one_after_the_other(portal: Portal, opening: str) -> None:
    client = portal.sign_in("aoba-proposer", "ja")
    filled = examples.filled(latest(1), Applicant.DOMESTIC, "ja")
    address = f"/applications/{opening}/sections/holder"
    for key, typed in filled.items():
        assert address.endswith(f"/{key}")
        answer = save(client, address, typed)
        assert answer.status_code == 303
        address = answer.location
    assert address == f"/applications/{opening}?saved=yes"
    answers = found(portal, opening).answers
    assert all(answers[key].items() >= typed.items() for key, typed in filled.items())
    assert "保存しました" in client.get(address).text


def test_o30_each_item_left_empty_is_refused_at_its_field_and_the_rest_stays(
    portal: Portal, opening: str
) -> None:
    client = portal.sign_in("aoba-proposer")
    form, filled = latest(1), examples.filled(latest(1), Applicant.DOMESTIC)
    for key in ("holder", "signatory", "head_office", "contact", "department", "person_1"):
        section = form.section(key, Applicant.DOMESTIC)
        assert section is not None
        address = f"/applications/{opening}/sections/{key}"
        for field in section.fields_for(Applicant.DOMESTIC):
            if not field.is_required:
                continue
            typed = {name: text for name, text in filled[key].items() if name != field.key}
            answer = save(client, address, typed)
            assert answer.status_code == 422
            text = answer.text
            assert list(error_summary(text)) == [field.key], (key, field.key)
            assert f'id="{field.key}_error"' in text
            for name, given in typed.items():
                assert escape(given) in text, (key, field.key, name)


def test_bad_input_is_refused_at_its_field_kept_as_typed_and_in_both_languages(
    portal: Portal, opening: str
) -> None:
    wrong = {
        "holder": {"corporate_number": "1000000000000", "name_kana": "青葉", "name_en": "青葉"},
        "contact": {"telephone": "<script>", "email": "nobody"},
        "head_office": {"postal_code": "12", "address_ja": "Tokyo"},
        "person_1": {"right": "all", "language": "fr", "consent": "no"},
    }
    for language in ("en", "ja"):
        client = portal.sign_in("aoba-proposer", language)
        for key, typed in wrong.items():
            address = f"/applications/{opening}/sections/{key}"
            answer = save(client, address, typed)
            text = answer.text
            assert set(typed) <= set(error_summary(text)), (key, error_summary(text))
            for given in typed.values():
                assert escape(given) in text or given in {"all", "fr", "no"}
            # A draft loses nothing, and says so again on another day.
            assert found(portal, opening).answers[key].items() >= typed.items()
            assert set(typed) <= set(error_summary(client.get(address).text))


def test_whoever_comes_back_later_is_not_held_up(portal: Portal, opening: str) -> None:
    client = portal.sign_in("aoba-proposer")
    address = f"/applications/{opening}/sections/contact"
    answer = save(client, address, {"telephone": "x"}, action="later")
    assert answer.location == f"/applications/{opening}?saved=yes"
    assert found(portal, opening).answers["contact"]["telephone"] == "x"


def test_what_is_typed_is_saved_by_itself_wrong_or_not(portal: Portal, opening: str) -> None:
    client = portal.sign_in("aoba-proposer")
    address = f"/applications/{opening}/sections/contact"
    seen = SEEN.findall(client.get(address).text)[0]

    def saved(seen: str, **typed: str) -> TestResponse:
        data = {"csrf_token": client.token, "seen": seen, **typed}
        part = {"HX-Request": "true", "HX-Target": "saved"}
        return client.post(address, data=data, headers=part)

    first = saved(seen, telephone="x")
    assert first.status_code == 200 and "<html" not in first.text
    assert re.search(r"Saved at \d\d:\d\d \(2 items are still open\)", first.text)
    renewed = SEEN.findall(first.text)[0]
    second = saved(renewed, telephone="03-1234-5678", email="h@aoba.example")
    assert "still open" not in second.text
    # With what another has saved meanwhile nothing is overwritten silently.
    third = saved(renewed, telephone="03-9999-9999")
    assert third.status_code == 409 and "data-message" in third.text
    assert found(portal, opening).answers["contact"]["telephone"] == "03-1234-5678"


def test_both_versions_are_shown_when_somebody_else_was_quicker(
    portal: Portal, opening: str
) -> None:
    address = f"/applications/{opening}/sections/contact"
    client, other = (portal.sign_in("aoba-proposer") for _ in range(2))
    seen = SEEN.findall(client.get(address).text)[0]
    save(other, address, {"telephone": "03-1111-1111", "email": "one@aoba.example"})
    mine = {"telephone": "03-2222-2222", "email": "one@aoba.example", "action": "on"}
    answer = client.send(address, seen=seen, **mine)
    assert answer.status_code == 409
    page = main(answer.text)
    assert "03-1111-1111" in page and 'value="03-2222-2222"' in page
    assert page.count("Saved by somebody else") == 1
    assert portal.refusals() == ["ChangedMeanwhile"]
    again = client.send(address, seen=SEEN.findall(answer.text)[0], **mine)
    assert again.status_code == 303
    assert found(portal, opening).answers["contact"]["telephone"] == "03-2222-2222"


def test_form_2_shows_what_is_recorded_beside_what_is_asked_for(portal: Portal) -> None:
    change = portal.database.write(
        lambda session: number(applying.begun(session, portal.world, 2).id)
    )
    client = portal.sign_in("aoba-proposer")
    page = main(client.get(f"/applications/{change}/sections/holder").text)
    assert "Recorded now" in page and page.count("Aoba Energy") == 2
    # What may not change is not even asked.
    assert "corporate_number" not in page
    assert "Recorded now" not in client.get(f"/applications/{change}/sections/reason").text


def test_what_was_handed_in_is_shown_and_no_more_changed(portal: Portal) -> None:
    handed_in = portal.database.write(
        lambda session: number(applying.submitted(session, portal.world, 4).id)
    )
    client = portal.sign_in("aoba-proposer")
    with counted(portal) as statements:
        page = main(client.get(f"/applications/{handed_in}").text)
    assert len(statements) <= 12, "\n".join(statements)
    assert "<details>" in page and "seal_certificate.pdf" in page and "Under examination" in page
    address = f"/applications/{handed_in}/sections/closure"
    assert client.get(address).location == f"/applications/{handed_in}"
    assert client.send(address, seen="x", reason="x").status_code == 409
    assert portal.refusals() == ["ApplicationEnded"]
    reader = portal.sign_in("aoba-approver")
    assert "Withdraw the application" not in reader.get(f"/applications/{handed_in}").text
    assert reader.get(address).status_code == 403
    assert found(portal, handed_in).status is Status.SUBMITTED


def test_every_field_of_every_form_has_a_control_with_its_label(portal: Portal) -> None:
    client = portal.sign_in("aoba-proposer", "ja")
    for form, applicant in (
        (1, Applicant.INDIVIDUAL),
        (1, Applicant.FOREIGN),
        (5, Applicant.FOREIGN),
    ):
        asked = {"form": str(form), "applicant": applicant.value, "key": world.key()}
        begun = client.send("/portal/applications", **asked).location.partition("?")[0]
        for section in latest(form).sections_for(applicant):
            page = client.get(f"{begun}/sections/{section.key}").text
            for field in section.fields_for(applicant):
                assert f'name="{field.key}"' in page
                assert field.label.ja in page
                assert (field.kind is Kind.TICK) == (f'type="checkbox" id="{field.key}"' in page)
