"""What browsers may do with our pages, and who may keep them."""

import pytest

from app.web.headers import CONTENT_SECURITY_POLICY
from tests.pages import CheckedClient


@pytest.mark.parametrize(
    "address", ["/en/", "/ja/credits", "/en/nothing", "/nothing", "/en/credits.csv", "/"]
)
def test_every_answer_bears_the_security_headers(client: CheckedClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_the_policy_allows_nothing_inline() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")


def test_over_tls_the_browser_is_told_to_stay_with_it(client: CheckedClient) -> None:
    answer = client.get("/en/", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000"


def test_public_pages_are_asked_for_again_and_others_not_kept(client: CheckedClient) -> None:
    assert client.get("/en/credits").headers["Cache-Control"] == "no-cache"
    assert client.get("/nothing").headers["Cache-Control"] == "no-store"
    assert client.get("/language/ja").headers["Cache-Control"] == "no-store"


def test_public_pages_set_no_cookie(client: CheckedClient) -> None:
    for address in ("/en/", "/en/credits?q=solar", "/en/projects/MN003"):
        assert "Set-Cookie" not in client.get(address).headers
