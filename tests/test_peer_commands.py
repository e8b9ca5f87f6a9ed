"""The commands on other registries: what they change, and what they say of bad input."""

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from app.cli import connections, peers, workers
from app.config import Config
from app.domain.text import Text
from app.registry.seals import Seal
from app.store import peers as questions
from tests.portal import Portal, opened

OWN, THEIRS, OTHER = (Seal(digit * 32) for digit in ("11", "22", "33"))
Run = Callable[..., Result]


@pytest.fixture
def portal() -> Generator[Portal, None, None]:
    with opened("sqlite") as made:
        config = made.app.config
        config["REGISTRY"] = replace(config["REGISTRY"], signing_key="11" * 32)
        yield made


@pytest.fixture
def run(portal: Portal) -> Generator[Run, None, None]:
    with portal.app.app_context():
        runner = portal.app.test_cli_runner()
        yield lambda *given: runner.invoke(args=list(given))


@pytest.fixture
def mongolia(run: Run) -> None:
    """Mongolia's registry, connected and not on this machine."""
    address = ("--url", "https://elsewhere.example/mn")
    assert run("peer", "add", "MN", *address, "--key", THEIRS.public.hex()).exit_code == 0


def test_a_registry_is_connected_with_what_is_known_of_its_country(
    portal: Portal, run: Run
) -> None:
    assert run("peer", "key").output == f"{OWN.public.hex()}\nname: {OWN.name}\n"
    key = ("--key", THEIRS.public.hex())
    done = run("peer", "add", "mn", "--url", "https://registry.example/", *key)
    assert done.exit_code == 0, done.output
    with portal.database.reading() as session:
        found = questions.by_code(session.connection(), "MN")
    assert found is not None
    assert (found.party, found.name_en) == ("MNG", "JCM Registry of Mongolia")
    assert (found.name_ja, found.url) == ("モンゴルJCM登録簿", "https://registry.example")
    listed = run("peer", "list").output
    assert "MN  open" in listed
    assert THEIRS.name in listed


@pytest.mark.usefixtures("mongolia")
def test_keys_and_addresses_change_and_the_exchange_is_suspended(run: Run) -> None:
    for given, said in (
        (("add-key", "MN", OTHER.public.hex()), "may sign under that key"),
        (("retire-key", "MN", THEIRS.name), "Nothing signed under"),
        (("suspend", "MN", "--reason", "audit"), "is suspended"),
        (("move", "MN", "https://new.example/mn"), "go to https://new.example/mn"),
    ):
        done = run("peer", *given)
        assert done.exit_code == 0, done.output
        assert said in done.output
    listed = run("peer", "list").output
    assert "MN  suspended  https://new.example/mn" in listed
    assert "retired" in listed
    assert "the exchange is suspended" in run("reconcile", "MN").output
    assert run("peer", "resume", "MN", "--reason", "over").exit_code == 0
    skipped = run("peer", "skip", "MN", "41", "--reason", "restored from a backup")
    assert skipped.output == "The next message to MN has the number 42.\n"
    assert "told 41" in run("peer", "list").output


@pytest.mark.usefixtures("mongolia")
def test_bad_input_is_named(run: Run) -> None:
    for good in (("add-key", "MN", OTHER.public.hex()), ("skip", "MN", "41", "--reason", "lost")):
        assert run("peer", *good).exit_code == 0
    url, key = ("--url", "https://x.example"), ("--key", THEIRS.public.hex())
    for given, said in (
        (("add", "MN", *url, *key), "MN: that is so already"),
        (("add", "JP", *url, *key), "JP is this registry itself"),
        (("add", "Mongolia", *url, *key), "such as MN"),
        (("add", "FR", *url, *key), "FR is no partner country"),
        (("add", "VN", *url, "--key", "00"), "64 digits"),
        (("add", "VN", "--url", "x.example", *key), "such as https://"),
        (("add", "VN", "--url", "http://x.example", *key), "https:// only"),
        (("add", "VN", "--url", "https://x.example:0x", *key), "such as https://"),
        (("add", "VN", "--url", "https://u:p@x.example", *key), "such as https://"),
        (("add-key", "MN", OTHER.public.hex()), "that key is known so already"),
        (("retire-key", "MN", "0" * 16), "there is no such key"),
        (("move", "VN", "https://x.example"), "nothing is exchanged with it"),
        (("resume", "MN", "--reason", "x"), "that is so already"),
        (("skip", "MN", "41", "--reason", "x"), "as many messages were told already"),
    ):
        done = run("peer", *given)
        assert done.exit_code != 0
        assert said in done.output, (given, done.output)
    assert "nothing is exchanged with VN" in run("reconcile", "VN").output


@pytest.mark.usefixtures("mongolia")
def test_one_of_this_installation_follows_to_another_port(portal: Portal, run: Run) -> None:
    key = THEIRS.public.hex()
    assert run("peer", "here", "VN", "http://127.0.0.1:8000/vn", key).exit_code == 0
    assert run("peer", "here", "VN", "http://127.0.0.1:9000/vn", key).exit_code == 0
    # What was given by hand stays.
    assert run("peer", "here", "MN", "http://127.0.0.1:9000/mn", key).output == ""
    listed = run("peer", "list").output
    assert "http://127.0.0.1:9000/vn" in listed
    assert "https://elsewhere.example/mn" in listed
    assert peers.known("JP") == peers.Known("JPN", Text("JCM Registry of Japan", "日本国JCM登録簿"))


@pytest.mark.usefixtures("mongolia")
def test_books_are_compared_on_demand(portal: Portal, run: Run) -> None:
    portal.issued(10)
    done = run("reconcile")
    assert done.exit_code == 0, done.output
    assert "0 differences with the own chain" in done.output
    assert "begun with MN" in done.output
    again = run("reconcile", "mn")
    assert (again.exit_code, "is still under way" in again.output) == (1, True)


def test_each_registry_here_is_told_of_the_first_one_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def config(code: str) -> Config:
        made = Config("sqlite://", "x", code=code, signing_key=SEEDS[code])
        if code == "VN":
            return replace(made, host="vn.example.org")
        return replace(made, path="" if code == "JP" else f"/{code.lower()}")

    monkeypatch.setattr(connections.known, "codes", lambda: ["JP", "MN", "VN"])
    monkeypatch.setattr(connections.known, "config", config)
    told = [(one.code, one.other, one.url) for one in connections.connections("http://0.0.0.0:80")]
    assert told == [
        ("JP", "MN", "http://127.0.0.1:80/mn"),
        ("MN", "JP", "http://127.0.0.1:80"),
        ("JP", "VN", "https://vn.example.org"),
        ("VN", "JP", "http://127.0.0.1:80"),
    ]


SEEDS = {"JP": "11" * 32, "MN": "22" * 32, "VN": "33" * 32}


def test_what_runs_beside_a_server_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("REGISTRY", "JP")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    beside = workers.begin("http://127.0.0.1:1")
    # Its input closes, as when the server is killed.
    assert beside.stdin is not None
    beside.stdin.close()
    assert beside.wait(60) == 0
