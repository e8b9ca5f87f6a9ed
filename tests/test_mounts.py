"""The mount: each registry at its place, and trouble of one that stays its own."""

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from app import mounts
from app.config import Config
from app.mounts import Gate, Mounts
from app.web.headers import ALWAYS
from tests import databases, mounted
from tests.pages import check_page


class Reader(Client):
    """Somebody who reads each answer to its end, as a server does for everybody."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, **kwargs, buffered=True)


def served(configured: Callable[[str], Config], *codes: str) -> Mounts:
    return Mounts(lambda: list(codes), configured)


@pytest.fixture
def configs(tmp_path: Path) -> Any:
    with databases.fresh_url("sqlite") as japan, databases.fresh_url("sqlite") as mongolia:
        yield {"JP": mounted.config("JP", japan), "MN": mounted.config("MN", mongolia)}


def test_a_path_is_a_registrys_up_to_its_end(configs: dict[str, Config]) -> None:
    with mounted.mounted(configs) as both:
        client = Reader(both)
        for address, name in (
            ("/en/about", "Japan"),
            ("/mn/en/about", "Mongolia"),
            ("/mnx/en/about", "Japan"),
            ("/MN/en/about", "Japan"),
            ("//mn/en/about", "Japan"),
            ("/en/mn/about", "Japan"),
        ):
            assert f"JCM Registry of {name}" in client.get(address).text, address
        assert client.get("/mn").location == client.get("/mn/").location == "/mn/en/"
        assert client.get("/mn/portal/").location == "/mn/sign-in?next=/portal/"


def test_a_host_name_is_a_place_as_well(configs: dict[str, Config]) -> None:
    configs["MN"] = replace(configs["MN"], path="", host="mn.example.org")
    with mounted.mounted(configs) as both:
        client = Reader(both)
        for host, name in (
            ("mn.example.org", "Mongolia"),
            ("MN.example.org:8000", "Mongolia"),
            ("xmn.example.org", "Japan"),
            ("localhost", "Japan"),
        ):
            found = client.get("/en/about", headers={"Host": host}).text
            assert f"JCM Registry of {name}" in found, host
        assert client.get("/mn/en/about").status_code == 404


def test_one_alone_answers_at_its_path_and_at_the_root(configs: dict[str, Config]) -> None:
    with mounted.mounted({"MN": configs["MN"]}) as alone:
        client = Reader(alone)
        assert "Mongolia" in client.get("/mn/en/about").text
        assert "Mongolia" in client.get("/en/about").text
        assert alone._places[0].gate is None


def test_one_that_cannot_be_built_leaves_the_other_alone_and_heals(
    configs: dict[str, Config], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(mounts, "AGAIN_SECONDS", 0)
    troubles: list[Callable[[], Config]] = [
        lambda: (_ for _ in ()).throw(ValueError("registry.toml says nothing")),
        lambda: replace(configs["MN"], secret_key=configs["JP"].secret_key),
        lambda: replace(configs["MN"], database_url=configs["JP"].database_url),
        lambda: replace(configs["MN"], database_url="sqlite:////nonexistent/registry.sqlite"),
    ]
    told: list[Callable[[], Config]] = [troubles[0]]
    both = served(lambda code: configs["JP"] if code == "JP" else told[0](), "JP", "MN")
    assert both.build() == ["JP"]
    client = Reader(both)
    for trouble in troubles:
        told[0] = trouble
        answer = client.get("/mn/en/")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) >= 0
        assert ALWAYS.items() <= dict(answer.headers).items()
        check_page(answer.text)
        assert "The registry is not available at present" in answer.text
        assert "登録簿は現在利用できません" in answer.text
        sheets = re.findall('href="(/mn/static/[^"]+)"', answer.text)
        assert len(sheets) == 2
        for sheet in sheets:
            shown = client.get(sheet)
            assert (shown.status_code, shown.mimetype) == (200, "text/css"), sheet
        assert client.get("/mn/api/v1/credits").mimetype == "application/problem+json"
        assert client.get("/en/about").status_code == 200
    assert any(record.getMessage().startswith("MN: ") for record in caplog.records)
    assert configs["JP"].secret_key not in caplog.text
    told[0] = lambda: configs["MN"]
    assert client.get("/mn/en/about").status_code == 200
    for app in mounted.apps(both).values():
        app.extensions["database"].close()


def test_a_database_that_goes_away_is_no_fault_of_the_page(
    configs: dict[str, Config], tmp_path: Path
) -> None:
    with mounted.mounted(configs) as both:
        client = Reader(both)
        mounted.apps(both)["MN"].config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
        database = Path(configs["MN"].database_url.removeprefix("sqlite:///"))
        mounted.apps(both)["MN"].extensions["database"].close()
        kept = database.rename(database.with_suffix(".kept"))
        database.mkdir()
        answer = client.get("/mn/en/credits")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        assert client.get("/en/credits").status_code == 200
        database.rmdir()
        kept.rename(database)
        assert client.get("/mn/en/credits").status_code == 200


def test_a_slow_registry_fills_its_own_room_alone(
    configs: dict[str, Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    with mounted.mounted(configs) as both:
        place = both._places[1]
        place.gate = Gate(at_once=1, room=2)
        go, inside = threading.Event(), threading.Semaphore(0)
        app = mounted.apps(both)["MN"]

        def slow() -> None:
            inside.release()
            go.wait(20)

        app.before_request_funcs.setdefault(None, []).insert(0, slow)
        answers: list[int] = []

        def ask() -> None:
            answers.append(Reader(both).get("/mn/en/about").status_code)

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for one in threads:
            one.start()
        assert inside.acquire(timeout=10)
        while place.gate._inside < 2:
            go.wait(0.001)
        refused = Reader(both).get("/mn/en/about")
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "2"
        assert "The registry is busy" in refused.text
        assert Reader(both).get("/en/about").status_code == 200
        go.set()
        for one in threads:
            one.join()
        assert answers == [200, 200]
        assert place.gate._inside == 0


def test_whoever_waited_too_long_gives_up_the_place(configs: dict[str, Config]) -> None:
    gate = Gate(at_once=1, room=2)
    assert gate.enter()
    assert not gate.enter(wait=0.01)
    gate.leave()
    assert gate.enter(wait=0.01)
