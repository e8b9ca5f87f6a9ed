"""Commands for several registries: add one, list them, run a command for each."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import click
from sqlalchemy import make_url

from app import registries as known
from app.cli import postgresql, provision
from app.config import ROOT


@click.group("registry")
def registries() -> None:
    """Add the registry of a further country, list them, and run a command for each."""


@registries.command("add")
@click.argument("code")
@click.option("--settings", type=click.Path(path_type=Path), help="A file such as registry.toml.")
@click.option("--path", help="Below which path it is served; /mn for MN unless it is said.")
@click.option("--host", help="Under which host name it is served, instead of a path.")
@click.option("--name", "name_en", help="Its name in English.")
@click.option("--name-ja", help="Its name in Japanese.")
@click.option("--itmo-registry", help="The registry's number among those of its Party: MNG01.")
@click.option("--ndc-years", help="First and last year of the Party's NDC period: 2021-2030.")
@click.option("--adjustment-method", help="trajectory, averaging or multi_year.")
@click.option("--time-zone", help="Such as Asia/Ulaanbaatar.")
@click.option("--holidays", help="The country whose public holidays count, its own by default.")
@click.option("--language", "languages", multiple=True, help="Languages offered, the first first.")
@click.option("--mail-from", help="Whom its mails come from.")
@click.option("--public-url", help="The address under which the public reaches it.")
@click.option("--contact", help="Where the public writes to.")
@click.option("--database-url", help="A database that is there already and is empty.")
@click.option("--postgresql", "admin_url", help="Make a role and a database of its own there.")
def add(code: str, admin_url: str | None, settings: Path | None, **asked: Any) -> None:
    """Make the registry of a country: CODE is the country's, of two letters.

    Its settings, keys and database are made where they are missing; run again, it changes nothing.
    """
    if admin_url and asked["database_url"]:
        raise click.UsageError("--postgresql makes the database, --database-url names one")
    try:
        made = provision.folder(code, settings, {name: one for name, one in asked.items() if one})
        if admin_url:
            postgresql.provide(made, admin_url)
        config = known.config(made)
        known.check_apart(known.config(one) for one in known.codes())
    except ValueError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    if run(made, "db", "upgrade"):
        raise click.ClickException(f"the database of {made} could not be made ready, see above")
    click.echo(f"{made}, {config.name.en}, is ready: {known.folder(made)}")
    click.echo(f"  its data:    REGISTRY={made} flask --app wsgi load")
    click.echo(f"  it is served {_place(config.path, config.host)} when the server starts again")


@registries.command("list")
def list_registries() -> None:
    """List the registries: code, where each is served, its database, and its name."""
    for code in known.codes():
        try:
            one = known.config(code)
        except ValueError as wrong:
            click.echo(f"{code}  cannot be used: {wrong}")
            continue
        address = make_url(one.database_url).render_as_string(hide_password=True)
        click.echo(f"{code}  {_place(one.path, one.host):16} {address}  {one.name.en}")


@registries.command("each", context_settings={"ignore_unknown_options": True})
@click.option("--together", is_flag=True, help="All at once, for commands such as worker.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def each(command: tuple[str, ...], *, together: bool) -> None:
    """Run a command for every registry, as in `flask registry each -- verify`.

    Each runs in a process of its own; one that fails does not stop the others. The exit status is
    1 if any failed.
    """
    codes = known.codes()
    failed = _at_once(codes, command) if together else []
    for code in () if together else codes:
        click.echo(f"{code}:")
        if run(code, *command):
            failed.append(code)
    if failed:
        raise click.ClickException(f"{' '.join(command)} failed for {', '.join(failed)}")


def run(code: str, *command: str) -> int:
    """Run a command for one registry, in a process that knows of no other."""
    sys.stdout.flush()
    return begin(code, *command).wait()


def begin(code: str, *command: str, is_quiet: bool = False) -> subprocess.Popen[bytes]:
    """Begin a command for one registry; a quiet one reads nothing and prints only what is wrong."""
    nothing = subprocess.DEVNULL if is_quiet else None
    return subprocess.Popen(  # noqa: S603  our own program, with arguments of its operator
        [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), *command],
        env=os.environ | {"REGISTRY": code},
        stdin=nothing,
        stdout=nothing,
    )


def _at_once(codes: list[str], command: tuple[str, ...]) -> list[str]:
    """Run a command for all registries at once, until each has ended; name those that failed."""
    begun = {code: begin(code, *command) for code in codes}

    def stop(number: int, _frame: FrameType | None) -> None:
        for one in begun.values():
            one.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return [code for code, one in begun.items() if one.wait()]


def _place(path: str, host: str) -> str:
    return f"at https://{host}/" if host else f"at {path}/"
