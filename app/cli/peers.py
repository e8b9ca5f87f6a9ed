"""Commands on other registries: connect one, change its keys, suspend and resume the exchange."""

import csv
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple

import click
from sqlalchemy.orm import Session

from app.cli.setting import database, desk, registry
from app.config import ROOT
from app.domain import bands
from app.domain.errors import AlreadyDone, NotFound
from app.domain.exchange_errors import (
    AddressWithoutTls,
    MalformedAddress,
    MalformedKey,
    OwnRegistry,
)
from app.domain.text import Text
from app.registry import peers as verbs
from app.store import peers as questions

_COUNTRIES: Final = ROOT / "app" / "data" / "partner_countries.csv"


class Known(NamedTuple):
    """What is known of a country's registry before anybody says more."""

    party: str
    name: Text


@click.group()
def peer() -> None:
    """Connect other registries, and change their keys and addresses."""


@peer.command("key")
def own_key() -> None:
    """Print this registry's public key and its name, for the others."""
    seal = desk().seal
    click.echo(f"{seal.public.hex()}\nname: {seal.name}")


@peer.command("add")
@click.argument("code")
@click.option("--url", required=True, help="Where it is, such as https://registry.example.mn.")
@click.option("--key", required=True, help="Its public key: 64 digits, as its `peer key` says.")
@click.option("--name", "name_en", help="Its name in English; made from its country's otherwise.")
@click.option("--name-ja", help="Its name in Japanese.")
@click.option("--party", help="The Party whose registry it is, such as MNG.")
def add(
    code: str, url: str, key: str, name_en: str | None, name_ja: str | None, party: str | None
) -> None:
    """Begin to exchange with the registry of a country: CODE is the country's, of two letters.

    Compare its key with those who operate it, by telephone or on paper, before you give it here.
    """
    code = _code(code)
    found = known(code)
    if found is None and not (name_en and party):
        raise click.UsageError(f"{code} is no partner country: say its --name and its --party")
    name = found.name if found and not name_en else Text(name_en or "", name_ja or name_en or "")
    asked = {
        "party": party or (found.party if found else ""),
        "name_en": name.en,
        "name_ja": name_ja or name.ja,
        "url": url,
        "key": key,
    }
    own = registry().code
    _write(code, lambda session, now: verbs.connect(session, own, code, **asked, now=now))
    click.echo(f"{own} exchanges with {code}, {name.en}, at {url}")


@peer.command("list")
def list_peers() -> None:
    """List the registries with which this one exchanges, and their keys."""
    with database().reading() as session:
        waiting = questions.waiting(session)
        for one in questions.everyone(session):
            state = "suspended" if one.is_suspended else "open"
            click.echo(f"{one.code}  {state:9}  {one.url}  {one.name_en}")
            click.echo(
                f"    account {one.account}, told {one.told:,}, of which "
                f"{waiting.get(one.id, 0):,} wait for an answer, heard {one.heard:,}"
            )
            for key in questions.keys(session, one.id):
                until = f", retired {key.retired_at:%Y-%m-%d}" if key.retired_at else ""
                click.echo(f"    key {key.key}, since {key.added_at:%Y-%m-%d}{until}")


@peer.command("add-key")
@click.argument("code")
@click.argument("key")
def add_key(code: str, key: str) -> None:
    """Accept what CODE signs under another key, too: 64 digits, as its `peer key` says."""
    code = _code(code)
    _write(code, lambda session, now: verbs.add_key(session, code, key, now=now))
    click.echo(f"{code} may sign under that key, too.")


@peer.command("retire-key")
@click.argument("code")
@click.argument("name")
def retire_key(code: str, name: str) -> None:
    """Accept nothing more that CODE signs under a key: NAME is its 16 digits, see `peer list`."""
    code = _code(code)
    _write(code, lambda session, now: verbs.retire_key(session, code, name, now=now))
    click.echo(f"Nothing signed under {name} is accepted from {code} any more.")


@peer.command("suspend")
@click.argument("code")
@click.option("--reason", required=True)
def suspend(code: str, reason: str) -> None:
    """Exchange nothing with CODE until it is resumed; what was promised waits."""
    code = _code(code)
    _write(code, lambda session, now: verbs.suspend(session, code, reason=reason, now=now))
    click.echo(f"The exchange with {code} is suspended.")


@peer.command("resume")
@click.argument("code")
@click.option("--reason", required=True)
def resume(code: str, reason: str) -> None:
    """Exchange with CODE again."""
    code = _code(code)
    _write(code, lambda session, now: verbs.resume(session, code, reason=reason, now=now))
    click.echo(f"The exchange with {code} goes on.")


@peer.command("move")
@click.argument("code")
@click.argument("url")
def move(code: str, url: str) -> None:
    """Send messages to CODE to another address."""
    code = _code(code)
    _write(code, lambda session, now: verbs.move(session, code, url, now=now))
    click.echo(f"Messages to {code} go to {url}")


@peer.command("skip")
@click.argument("code")
@click.argument("heard", type=click.IntRange(1, 2**62))
@click.option("--reason", required=True)
def skip(code: str, heard: int, reason: str) -> None:
    """Go on after message HEARD, the last that CODE heard of this registry, after a restore.

    Only before anything was told since the restore: see the operations manual.
    """
    code = _code(code)
    _write(code, lambda session, now: verbs.skip(session, code, heard, reason=reason, now=now))
    click.echo(f"The next message to {code} has the number {heard + 1:,}.")


@peer.command("here", hidden=True)
@click.argument("code")
@click.argument("url")
@click.argument("key")
@click.pass_context
def here(context: click.Context, code: str, url: str, key: str) -> None:
    """Connect with a registry of this installation, or follow it to another port."""
    with database().reading() as session:
        found = questions.by_code(session.connection(), code)
    if found is None:
        context.invoke(add, code=code, url=url, key=key)
    elif found.url != url and verbs.is_here(found.url):
        context.invoke(move, code=code, url=url)


def known(code: str) -> Known | None:
    """Return what is known of the registry of a country, if it is Japan or a partner country."""
    if code == "JP":
        return Known("JPN", Text("JCM Registry of Japan", "日本国JCM登録簿"))
    with _COUNTRIES.open(encoding="utf-8-sig", newline="") as rows:
        found = {row["alpha2"]: row for row in csv.DictReader(rows)}.get(code)
    if found is None:
        return None
    name = Text(f"JCM Registry of {found['name_en']}", f"{found['name_ja']}JCM登録簿")
    return Known(found["alpha3"], name)


def _code(given: str) -> str:
    code = given.upper()
    if not bands.CODE.fullmatch(code):
        raise click.UsageError(
            f"the code of a registry is that of its country, such as MN: {given}"
        )
    return code


def _write(code: str, change: Callable[[Session, datetime], object]) -> None:
    """Carry out a change, and say what is wrong where it is refused."""
    now = datetime.now(UTC)
    with _said(code):
        database().write(lambda session: change(session, now))


@contextmanager
def _said(code: str) -> Generator[None, None, None]:
    try:
        yield
    except OwnRegistry as refusal:
        raise click.ClickException(f"{code} is this registry itself") from refusal
    except MalformedKey as refusal:
        raise click.ClickException("a key is 32 bytes, written as 64 digits 0-9 a-f") from refusal
    except MalformedAddress as refusal:
        raise click.ClickException(
            f"the address must be such as https://registry.example; it is {refusal.url}"
        ) from refusal
    except AddressWithoutTls as refusal:
        raise click.ClickException(
            f"letters go over https:// only, except on one and the same machine: {refusal.url}"
        ) from refusal
    except AlreadyDone as refusal:
        what = {
            "key": "that key is known so already",
            "code": "that is so already",
            "told": "as many messages were told already",
        }
        raise click.ClickException(f"{code}: {what[refusal.field]}") from refusal
    except NotFound as refusal:
        missing = "there is no such key, see `peer list`"
        if refusal.what != "key":
            missing = "nothing is exchanged with it, see `peer add`"
        raise click.ClickException(f"{code}: {missing}") from refusal
