"""Announcements on pages: the form, its preview, the list, and who may write and who may read."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.announcements import Kind
from app.registry import announcements as verbs
from app.store.tables import Announcement
from app.web import announcements
from tests.portal import Portal, PortalClient, error_summary
from tests.world import NOW

ADDRESS = "/portal/announcements"
#: NOW is 10:30 in Tokyo.
FORM = {
    "kind": "notice",
    "title_en": "New opening hours",
    "title_ja": "受付時間の変更",
    "text_en": "From next week.\nSee the site.",
    "text_ja": "来週から変わります。",
    "starts_on": "2026-11-03",
    "starts_time": "09:00",
    "ends_on": "2026-11-05",
    "ends_time": "18:30",
}
TEXTS = {name: FORM[name] for name in verbs.TEXTS}
WRITING = ("/new", "/1/change", "/1/end", "/check")


@pytest.fixture
def portal(portal: Portal) -> Portal:
    portal.app.config["CLOCK"] = lambda: NOW
    return portal


def scheduled(portal: Portal, *, kind: Kind = Kind.NOTICE, days: int = 1, length: int = 1) -> int:
    start = NOW + timedelta(days=days)
    return portal.database.write(
        lambda session: verbs.schedule(
            session,
            kind,
            texts=TEXTS,
            starts_at=start,
            ends_at=start + timedelta(days=length),
            actor=portal.world.system_administrator,
            now=min(NOW, start),
        )
    )


def kept(portal: Portal) -> list[Announcement]:
    with portal.database.reading() as session:
        return list(session.scalars(select(Announcement).order_by(Announcement.id)))


def writer(portal: Portal, language: str = "en") -> PortalClient:
    client = portal.sign_in("system-administrator", language)
    client.get(f"{ADDRESS}/new")
    return client


@pytest.mark.parametrize("language", ["en", "ja"])
def test_o55_an_announcement_is_previewed_then_scheduled_and_listed(
    portal: Portal, language: str
) -> None:
    client = writer(portal, language)
    preview = client.send(f"{ADDRESS}/check", **FORM)
    assert preview.status_code == 200
    for shown in (
        "New opening hours",
        "受付時間の変更",
        "From next week.\nSee the site.",
        "来週から",
    ):
        assert shown in preview.text
    assert not kept(portal), "a preview writes nothing"
    for name, typed in FORM.items():
        field = re.search(rf'name="{name}" value="([^"]*)"', preview.text)
        assert field is not None
        assert field[1] == typed
    answer = client.send(ADDRESS, **FORM)
    assert answer.status_code == 303
    (made,) = kept(portal)
    assert made.starts_at.isoformat() == "2026-11-03T00:00:00+00:00"
    assert made.ends_at.isoformat() == "2026-11-05T09:30:00+00:00"
    page = client.get(answer.location).text
    listed = client.get(ADDRESS).text
    for text in (page, listed):
        assert {"en": "Scheduled", "ja": "予定"}[language] in text
        assert {"en": "New opening hours", "ja": "受付時間の変更"}[language] in text


def test_times_are_shown_in_gmt_and_in_the_zone_of_the_registry(portal: Portal) -> None:
    client = writer(portal)
    client.send(ADDRESS, **FORM | {"ends_on": "2026-11-03"})
    shown = "00:00 to 09:30 GMT, 03/11/2026 (09:00 to 18:30 JST, 03/11/2026)"
    assert shown in client.get(ADDRESS).text
    assert shown in client.get(f"{ADDRESS}/1").text
    client.send(ADDRESS, **FORM | {"starts_time": "06:00"})
    assert (
        "21:00 on 02/11/2026 to 09:30 on 05/11/2026 GMT"
        " (06:00 on 03/11/2026 to 18:30 on 05/11/2026 JST)" in client.get(f"{ADDRESS}/2").text
    )


@pytest.mark.parametrize("login_id", ["operator", "approver", "auditor"])
def test_o56_other_administrators_read_and_cannot_write(portal: Portal, login_id: str) -> None:
    scheduled(portal)
    client = portal.sign_in(login_id)
    assert "New opening hours" in client.get(ADDRESS).text
    page = client.get(f"{ADDRESS}/1")
    assert page.status_code == 200
    for text in (page.text, client.get(ADDRESS).text):
        assert not any(f'{ADDRESS}{part}"' in text for part in WRITING)
    for part in WRITING:
        assert client.get(ADDRESS + part).status_code == 403
    for part in ("", "/1", "/1/check", *WRITING):
        assert client.send(ADDRESS + part, **FORM).status_code == 403
    assert len(kept(portal)) == 1
    assert kept(portal)[0].cancelled_at is None


def test_holders_people_come_nowhere_near(portal: Portal) -> None:
    scheduled(portal)
    client = portal.sign_in("aoba-proposer")
    for part in ("", "/1", "/2", *WRITING):
        assert client.get(ADDRESS + part).status_code == 403
    for part in ("", "/1", "/1/check", *WRITING):
        assert client.send(ADDRESS + part, **FORM).status_code == 403
    assert ADDRESS not in client.get("/portal/").text
    assert ADDRESS in portal.sign_in("auditor").get("/portal/").text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_field_that_is_wrong_is_named_and_all_that_was_typed_stays(
    portal: Portal, language: str
) -> None:
    client = writer(portal, language)
    wrong = FORM | {
        "kind": "party",
        "title_en": " ",
        "text_ja": "長" * 4_001,
        "starts_on": "2026-11",
        "starts_time": "9 o'clock",
        "ends_time": "",
    }
    for address in (f"{ADDRESS}/check", ADDRESS):
        answer = client.send(address, **wrong)
        assert answer.status_code == 422
        assert list(error_summary(answer.text)) == [
            "kind",
            "title_en",
            "text_ja",
            "starts_on",
            "starts_time",
            "ends_time",
        ]
        for typed in ("2026-11", "9 o&#39;clock", "2026-11-05", "受付時間の変更"):
            assert f'value="{typed}"' in answer.text
        assert "長" * 4_001 in answer.text
    assert set(portal.refusals()) >= {
        "UnknownChoice",
        "Required",
        "TooLong",
        "NotADate",
        "NotATime",
    }
    assert not kept(portal)


@pytest.mark.parametrize("field", ["starts_on", "ends_on"])
@pytest.mark.parametrize("partial", ["2026", "2026-11", "11/2026", "2026-11-", "3日", ""])
def test_o74_a_partial_date_is_refused_at_its_field_alone(
    portal: Portal, field: str, partial: str
) -> None:
    client = writer(portal)
    answer = client.send(f"{ADDRESS}/check", **FORM | {field: partial})
    assert answer.status_code == 422
    assert list(error_summary(answer.text)) == [field]


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"starts_on": "2026-11-02", "starts_time": "10:29"}, "starts_on"),
        ({"ends_on": "2026-11-03", "ends_time": "09:00"}, "ends_on"),
    ],
)
def test_a_window_that_cannot_be_is_refused(
    portal: Portal, other: dict[str, str], field: str
) -> None:
    client = writer(portal)
    for address in (f"{ADDRESS}/check", ADDRESS):
        answer = client.send(address, **FORM | other)
        assert answer.status_code == 422
        assert list(error_summary(answer.text)) == [field]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_has_not_begun_is_changed(portal: Portal, language: str) -> None:
    scheduled(portal, kind=Kind.MAINTENANCE)
    client = writer(portal, language)
    form = client.get(f"{ADDRESS}/1/change").text
    assert 'value="2026-11-03"' in form
    assert 'value="10:30"' in form
    assert "来週から変わります。" in form
    changed = FORM | {"title_en": "Other hours"}
    assert client.send(f"{ADDRESS}/1/check", **changed).status_code == 200
    # What is maintenance stays maintenance, whatever the form says.
    assert client.send(f"{ADDRESS}/1", **changed).status_code == 303
    (made,) = kept(portal)
    assert (made.title_en, made.kind) == ("Other hours", Kind.MAINTENANCE)


def test_going_back_from_the_preview_keeps_what_was_typed(portal: Portal) -> None:
    scheduled(portal)
    client = writer(portal)
    for address in (f"{ADDRESS}/new", f"{ADDRESS}/1/change"):
        answer = client.send(address, **FORM | {"title_en": "Typed"})
        assert answer.status_code == 200
        assert 'value="Typed"' in answer.text
    for address, form in ((f"{ADDRESS}/check", "/new"), (f"{ADDRESS}/1/check", "/1/change")):
        assert client.get(address).location == ADDRESS + form


def test_what_has_begun_is_only_ended(portal: Portal) -> None:
    scheduled(portal, days=0)
    client = writer(portal)
    assert client.get(f"{ADDRESS}/1/change").location == f"{ADDRESS}/1"
    answer = client.send(f"{ADDRESS}/1", **FORM)
    assert answer.status_code == 409
    assert "has begun already" in error_summary(answer.text)[""]
    page = client.get(f"{ADDRESS}/1").text
    assert ">On<" in page
    assert "/1/change" not in page
    assert "End it now" in page
    assert "disappears from HOME" in client.get(f"{ADDRESS}/1/end").text
    assert client.send(f"{ADDRESS}/1/end").status_code == 303
    assert kept(portal)[0].cancelled_at == NOW
    page = client.get(f"{ADDRESS}/1").text
    assert ">Past<" in page
    assert "Ended by" in page


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_has_not_begun_is_cancelled_once(portal: Portal, language: str) -> None:
    scheduled(portal)
    client = writer(portal, language)
    client.get(f"{ADDRESS}/1/end")
    assert client.send(f"{ADDRESS}/1/end").status_code == 303
    assert {"en": ">Cancelled<", "ja": ">取消し<"}[language] in client.get(f"{ADDRESS}/1").text
    assert client.send(f"{ADDRESS}/1/end").status_code == 409
    assert client.send(f"{ADDRESS}/1", **FORM).status_code == 409
    assert client.get(f"{ADDRESS}/1/end").location == f"{ADDRESS}/1"
    assert portal.refusals() == ["AlreadyDone", "AlreadyDone"]


def test_a_number_that_nobody_gave_does_not_exist(portal: Portal) -> None:
    client = writer(portal)
    for number in ("1", "0", "x", "9223372036854775807", "9223372036854775808", "9" * 30):
        for part in ("", "/change", "/end"):
            assert client.get(f"{ADDRESS}/{number}{part}").status_code == 404, number
        for part in ("", "/check", "/end"):
            answer = client.send(f"{ADDRESS}/{number}{part}", **FORM)
            assert answer.status_code in {404, 405}, number


def test_a_form_kept_through_sign_in_is_shown_and_not_acted_on(portal: Portal) -> None:
    client = writer(portal)
    for address in (ADDRESS, f"{ADDRESS}/check"):
        answer = client.send(address, resumed="yes", **FORM)
        assert answer.status_code == 200
        assert 'value="New opening hours"' in answer.text
    assert not kept(portal)


def test_the_list_is_turned_page_by_page(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcements, "PAGE_SIZE", 2)
    for days in (1, 2, 3):
        scheduled(portal, days=days)
    client = portal.sign_in("auditor")
    first = client.get(ADDRESS).text
    assert re.findall(r'href="/portal/announcements/(\d+)"', first) == ["3", "2"]
    found = re.search(r'rel="next" href="([^"]+)"', first)
    assert found is not None
    second = client.get(found[1]).text
    assert re.findall(r'href="/portal/announcements/(\d+)"', second) == ["1"]
    assert 'rel="prev"' in second
    assert client.get(f"{ADDRESS}?before=99").status_code == 404
    assert client.get(f"{ADDRESS}?before=x").status_code == 200


def test_null_characters_are_left_out(portal: Portal) -> None:
    client = writer(portal)
    assert client.send(ADDRESS, **FORM | {"title_en": "A\0B"}).status_code == 303
    assert kept(portal)[0].title_en == "AB"
