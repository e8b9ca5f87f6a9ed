"""Commands that load, check and tidy the data of a registry."""

from datetime import UTC, datetime
from itertools import islice
from typing import Final

import click

from app.cli.mails import remind
from app.cli.setting import database, registry
from app.registry import actions, applications, approvals, dumps, retention
from app.registry.load import load as load_starting_data
from app.store import verification

_SHOWN_MAX: Final = 20


@click.command()
@click.option("--demo/--no-demo", default=True, help="Also load the fictional holders and people.")
def load(*, demo: bool) -> None:
    """Load the starting data; run again, it adds what is new and doubles nothing."""
    now = datetime.now(UTC)
    config = registry()
    made = database().write(
        lambda session: load_starting_data(
            session,
            config.code,
            now=now,
            demo=demo,
            party=config.own_party,
            zone=config.time_zone,
        )
    )
    if not made:
        click.echo("The starting data is loaded.")
        return
    click.echo("The starting data is loaded. Demo sign-ins, shown this once:")
    for sign_in in made:
        click.echo(f"  {sign_in.login_id:28} {sign_in.password}   {sign_in.name.en}")


@click.command()
def verify() -> None:
    """Check the whole ledger against its chain; name what is wrong and exit with 1."""
    with database().reading() as session:
        found = list(islice(verification.findings(session), _SHOWN_MAX))
        counted = verification.checked(session) if not found else None
    for finding in found:
        click.echo(str(finding), err=True)
    if counted is None:
        raise click.exceptions.Exit(1)
    click.echo(
        f"sound: {counted.transactions:,} completed transactions, {counted.blocks:,} blocks, "
        f"{counted.credits:,} credits"
    )


@click.command()
def expire() -> None:
    """Close every proposal whose time has passed, carry out the approved ones that waited, remind.

    An approved transfer waits only if MOVEMENT_POLICY says so; run this every few minutes then.
    """
    now = datetime.now(UTC)
    expired = database().write(lambda session: approvals.expire(session, now=now))
    click.echo(f"{len(expired)} proposals expired.")
    config = registry()
    begun = database().write(
        lambda session: actions.take_effect(session, party=config.own_party, now=now)
    )
    if begun:
        click.echo(f"{begun} authorizations began to hold.")
    ended = approvals.execute_due(database(), now=now, policy=config.policy, party=config.own_party)
    if ended:
        stopped = sum(done.refusal is not None for _number, done in ended)
        moved = len(ended) - stopped
        click.echo(f"{moved} approved transfers moved, {stopped} were stopped by a check.")
    remind()


@click.command()
def prune() -> None:
    """Remove what is no longer kept: old logs, sessions, throttles, and forgotten drafts."""
    years, now = registry().log_years, datetime.now(UTC)
    pruned = database().write(lambda session: retention.prune(session, log_years=years, now=now))
    click.echo(
        f"Removed {pruned.operations:,} entries of the log and {pruned.accesses:,} of the access "
        f"log older than {years} years, {pruned.sessions:,} sessions that ended more than "
        f"{retention.SESSIONS.days} days ago, {pruned.throttles:,} old throttles, and "
        f"{pruned.drafts:,} drafts untouched for {applications.DRAFT_LIFE.days} days."
    )


@click.command()
def dump() -> None:
    """Write the day's files of public data; run again, it leaves them as they are."""
    config, now = registry(), datetime.now(UTC)
    day = now.astimezone(config.time_zone).date()
    made = dumps.write(database(), config.dumps, config.code, day=day, now=now)
    if made is None:
        click.echo(f"The files of {day} are there already.")
        return
    rows = sum(one.rows for one in made.files)
    click.echo(f"{len(made.files)} files of {day} with {rows:,} rows, in {config.dumps / str(day)}")
