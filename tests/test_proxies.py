"""The registry behind TLS, and behind reverse proxies of our own."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, request

from app import create_app
from app.config import Config
from app.web.access import public
from tests import databases, world
from tests.authenticator import Passkey, asked
from tests.portal import PortalClient
from tests.world import PASSWORD

FORWARDED = {
    "X-Forwarded-For": "203.0.113.66, 192.0.2.7, 198.51.100.1",
    "X-Forwarded-Proto": "https, https, http",
    "X-Forwarded-Host": "evil.example",
}


@contextmanager
def served(*, tls: bool = False, proxies: int = 0) -> Generator[Flask, None, None]:
    with databases.fresh_url("sqlite") as url:
        app = create_app(Config(url, "for tests only", tls=tls, proxies=proxies, testing=True))
        app.test_client_class = PortalClient
        seen = public(lambda: [request.remote_addr, request.scheme, request.host])
        app.add_url_rule("/seen", "seen", seen)
        yield app
        app.extensions["database"].close()


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [
        (0, ["127.0.0.1", "http", "localhost"]),
        (1, ["198.51.100.1", "http", "localhost"]),
        (2, ["192.0.2.7", "https", "localhost"]),
    ],
)
def test_so_many_proxies_are_believed_and_no_more(proxies: int, seen: list[str]) -> None:
    with served(proxies=proxies) as app:
        assert app.test_client().get("/seen", headers=FORWARDED).json == seen


def test_the_environment_says_how_many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    for given, proxies in (("", 0), ("0", 0), ("2", 2)):
        monkeypatch.setenv("PROXIES", given)
        assert Config.from_environment().proxies == proxies
    for wrong in ("-1", "one", "²"):
        monkeypatch.setenv("PROXIES", wrong)
        with pytest.raises(ValueError, match="PROXIES"):
            Config.from_environment()


def test_behind_tls_cookies_are_bound_to_it_and_the_browser_stays_with_it() -> None:
    with served(tls=True) as app:
        app.extensions["database"].write(world.build)
        client = app.test_client()
        assert isinstance(client, PortalClient)
        base = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/"}}
        page = client.get("/sign-in", **base)
        assert page.headers["Strict-Transport-Security"] == "max-age=63072000"
        client.post(
            "/sign-in",
            data={"csrf_token": client.token, "login_id": "operator", "password": PASSWORD},
            **base,
        )
        challenge = asked(client.get("/sign-in/code", **base).text)
        proof = Passkey("https://localhost", "operator").given(challenge)
        entered = client.post(
            "/sign-in/code", data={"csrf_token": client.token, "assertion": proof}, **base
        )
        assert entered.status_code == 303
        assert entered.headers["Strict-Transport-Security"] == "max-age=63072000"
        cookies = entered.headers.getlist("Set-Cookie")
        assert {cookie.partition("=")[0] for cookie in cookies} == {
            "__Host-session_jp",
            "__Host-device_jp",
        }
        for cookie in cookies:
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
            assert "Domain" not in cookie
        assert client.get("/portal/", **base).status_code == 200
