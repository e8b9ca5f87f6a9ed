"""The cookies told of on the privacy page are those that the registry sets, and no others."""

import re
from dataclasses import replace

from app.web import cookies
from tests.portal import Portal


def test_no_other_cookie_is_set_by_reading_signing_in_applying_and_choosing(
    portal: Portal,
) -> None:
    with portal.app.test_request_context("/en/"):
        listed = {cookie.name for cookie in cookies.listed()}
    visitor = portal.visitor()
    for page in ("/en/", "/ja/contact", "/en/projects", "/en/privacy", "/robots.txt"):
        assert "Set-Cookie" not in visitor.get(page).headers
    visitor.get("/applications/new")
    person = portal.sign_in("aoba-proposer")
    answers = (
        visitor.post("/en/cookie-notice"),
        visitor.get("/language/ja"),
        visitor.send("/applications", applicant="domestic", email="h@example.com", key="k"),
        person.get("/portal/"),
    )
    kept = [one for answer in answers for one in answer.headers.getlist("Set-Cookie")]
    assert all("HttpOnly" in one and "SameSite=Lax" in one for one in kept), kept
    # At sign-in itself the browser is made known.
    found = {one.partition("=")[0] for one in kept}
    found |= {name for name in listed if person.get_cookie(name)}
    assert found == listed


def test_under_tls_they_are_named_as_bound_to_this_host(portal: Portal) -> None:
    portal.app.config["REGISTRY"] = replace(portal.app.config["REGISTRY"], tls=True)
    text = portal.visitor().get("/en/privacy").text
    named = re.findall(r"<code[^>]*>([^<]+)</code>", text)
    assert named[:3] == ["__Host-session_jp", "__Host-device_jp", "__Host-application_jp"]
