"""Adding a registry: one command makes it whole, and says clearly what cannot be."""

import re
import stat
from dataclasses import fields
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click import ClickException
from click.testing import CliRunner, Result
from sqlalchemy import make_url

import wsgi
from app import registries, settings
from app.cli import postgresql, provision
from app.cli.registries import registries as commands
from app.config import ROOT, Config
from app.settings import SettingsError
from tests import databases, postgres

JP = ROOT / "app" / "data" / "registries" / "jp" / settings.NAME


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of the test's own."""
    for name in ("REGISTRY", "DATABASE_URL", "SECRET_KEY", "SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSTANCE_DIR", str(tmp_path))
    return tmp_path


def test_a_registry_has_keys_a_database_and_settings_of_its_own(home: Path) -> None:
    assert provision.folder("mn", None, {}) == "MN"
    assert provision.folder("MN", None, {}) == "MN"
    jp, mn = registries.config("JP"), registries.config("MN")
    registries.check_apart([jp, mn])
    folder = home / "registries" / "mn"
    for name in ("registry.toml", "secret_key", "signing_key"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    assert re.fullmatch("[0-9a-f]{64}", mn.signing_key)
    assert mn.database_url == f"sqlite:///{folder}/registry.sqlite"
    assert (mn.code, mn.party, mn.itmo_registry) == ("MN", "MNG", "MNG01")
    assert (mn.path, mn.host, str(mn.time_zone)) == ("/mn", "", "Asia/Ulaanbaatar")
    assert mn.adjustment_method.value == "averaging"
    assert (mn.holidays, mn.languages, mn.dumps) == ("MN", ("en", "ja"), folder / "dumps")
    assert mn.secret_key not in repr(mn) and mn.signing_key not in repr(mn)
    assert registries.config("MN") == mn


def test_the_environment_tells_each_registry_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    provision.folder("MN", None, {})
    monkeypatch.setenv("MN_DATABASE_URL", "postgresql://mn@host/mn")
    monkeypatch.setenv("MN_SECRET_KEY", "of Mongolia")
    monkeypatch.setenv("DATABASE_URL", "postgresql://jp@host/jp")
    monkeypatch.setenv("SMTP_URL", "smtp://japan")
    jp, mn = registries.config("JP"), registries.config("MN")
    assert mn.database_url == "postgresql+psycopg://mn@host/mn"
    assert (mn.secret_key, mn.smtp_url) == ("of Mongolia", "")
    assert (jp.database_url, jp.smtp_url) == ("postgresql+psycopg://jp@host/jp", "smtp://japan")


def test_what_japan_is_told_is_shipped_as_for_any_other() -> None:
    told = settings.understood(settings.of_file(JP), str(JP))
    default = {one.name: one.default for one in fields(Config)} | {
        "name": Config("", "").name,
        "authority": Config("", "").authority,
        "time_zone": Config("", "").time_zone,
    }
    assert told == {name: default[name] for name in told}


@pytest.mark.parametrize(
    ("code", "asked", "said"),
    [
        ("M", {}, "must be such as MN"),
        ("../x", {}, "must be such as MN"),
        ("JP", {}, "is the first registry here"),
        ("XX", {}, "XX is no partner country"),
        ("MN", {"path": "/portal"}, "which every registry has itself"),
        ("MN", {"path": "mn/"}, "must be such as /mn"),
        ("MN", {"host": "a b"}, "must be a host name"),
        ("MN", {"path": "/mn", "host": "mn.example.org"}, "not both"),
        ("MN", {"time_zone": "Mars/Base"}, "must be a time zone"),
        ("MN", {"languages": ["mn"]}, "must be a list of en, ja"),
        ("MN", {"ndc_years": "2021"}, "must be such as 2021-2030"),
        ("MN", {"ndc_years": "2030-2021"}, "must be two years"),
        ("MN", {"adjustment_method": "x"}, "must be one of trajectory"),
        ("MN", {"public_url": "ftp://x"}, "must be https://"),
        ("MN", {"name_ja": "x"}, "give both"),
        ("MN", {"name_en": "a\nb"}, "a text of one line"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(
    home: Path, code: str, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError, match=re.escape(said)):
        provision.folder(code, None, asked)
    assert not (home / "registries").exists()


def test_a_third_country_needs_its_code_alone_where_it_has_one_time_zone() -> None:
    provision.folder("TH", None, {"time_zone": "Asia/Bangkok", "host": "th.example.org"})
    told = registries.config("TH")
    assert told.name.en == "JCM Registry of Thailand"
    assert told.authority.ja.endswith("登録簿管理者")
    assert (told.party, told.host, told.path) == ("THA", "th.example.org", "")
    with pytest.raises(SettingsError, match="there already, with another host"):
        provision.folder("TH", None, {"host": "other.example.org"})


def test_two_registries_never_share_a_place_or_a_key() -> None:
    provision.folder("MN", None, {})
    mn = registries.config("MN")
    provision.folder("TH", None, {"time_zone": "Asia/Bangkok", "path": "/mn"})
    with pytest.raises(SettingsError, match="MN and TH have the same address"):
        registries.check_apart([mn, registries.config("TH")])


def test_a_setting_that_is_none_stops_its_registry(home: Path) -> None:
    provision.folder("MN", None, {})
    path = home / "registries" / "mn" / "registry.toml"
    whole = path.read_text()
    for text, said in (
        ("no = toml = ", "is no TOML"),
        (f"colour = 1\n{whole}", "says colour, which is no setting"),
        (whole.replace('"MNG"', '"MN"'), "party must be such as MNG"),
        (whole.replace('code = "MN"', 'code = "TH"'), "is for TH, not for MN"),
        ('code = "MN"', "does not say: name"),
    ):
        path.write_text(text)
        with pytest.raises(SettingsError, match=re.escape(said)):
            registries.config("MN")


def asked(*command: str) -> Result:
    """Run a command of `flask registry` in this process; what it starts runs in others."""
    return CliRunner().invoke(commands, command)


def test_one_command_makes_it_and_a_command_for_each_is_stopped_by_none(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    added = asked("add", "MN")
    assert added.exit_code == 0, added.output
    assert "JCM Registry of Mongolia, is ready" in added.output
    listed = asked("list").output.splitlines()
    assert [line.split()[:3] for line in listed] == [["JP", "at", "/"], ["MN", "at", "/mn/"]]
    # Japan's database was never made ready, which is no other's business.
    each = asked("each", "--", "verify")
    assert each.exit_code == 1
    assert each.output.rstrip().endswith("Error: verify failed for JP")
    assert "sound: 0 completed transactions" in capfd.readouterr().out
    monkeypatch.setenv("REGISTRY", "TH")
    with pytest.raises(ClickException, match="REGISTRY is TH, and there is no such registry here"):
        wsgi.create_app()


def test_on_postgresql_no_role_connects_to_the_database_of_another(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = postgres.Cluster.make()
    cluster.execute("CREATE ROLE registry_jp LOGIN")
    cluster.execute("CREATE DATABASE registry_jp OWNER registry_jp")
    japan = cluster.url("registry_jp").replace("postgres@", "registry_jp@")
    monkeypatch.setenv("DATABASE_URL", japan)
    # An administrator who is no superuser is enough; databases of others are open until closed.
    cluster.execute("CREATE ROLE admin LOGIN CREATEROLE CREATEDB")
    cluster.execute("GRANT registry_jp TO admin")
    admin = cluster.url("postgres").replace("postgres@", "admin@")
    provision.folder("MN", None, {})
    for _again in range(2):
        postgresql.provide("MN", admin)
    kept = home / "registries" / "mn" / "database_url"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    address = registries.config("MN").database_url
    password = make_url(address).password
    assert password and len(password) > 40
    assert password not in asked("list").output + repr(registries.config("MN"))
    for role in ("registry_jp", "registry_mn"):
        for database in ("registry_jp", "registry_mn"):
            tried = {"host": str(cluster.folder), "user": role, "dbname": database}
            if role == database:
                psycopg.connect(**tried).close()
            else:
                with pytest.raises(psycopg.OperationalError, match="permission denied"):
                    psycopg.connect(**tried)
    powers = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = "
    assert cluster.execute(f"{powers}'registry_mn'") == [(False,)]
    databases.migrate(address)
    kept.unlink()
    with pytest.raises(SettingsError, match="that was not made here"):
        postgresql.provide("MN", admin)
