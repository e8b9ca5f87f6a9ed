"""Commands for those who operate a registry, all as `flask --app wsgi …`."""

from datetime import UTC, datetime
from itertools import islice
from typing import Final, cast

import click
from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.config import Config
from app.domain.errors import NotFound, Refusal
from app.domain.roles import Role
from app.registry import approvals, people
from app.registry.load import load as load_starting_data
from app.store import people as people_questions
from app.store import verification
from app.store.databases import Database

_SHOWN_MAX: Final = 20


def register(app: Flask) -> None:
    for command in (load, verify, expire, user):
        app.cli.add_command(command)


def _database() -> Database:
    return cast("Database", current_app.extensions["database"])


def _registry() -> Config:
    return cast("Config", current_app.config["REGISTRY"])


@click.command()
@click.option("--demo/--no-demo", default=True, help="Also load the fictional holders and people.")
def load(*, demo: bool) -> None:
    """Load the starting data; run again, it adds what is new and doubles nothing."""
    now = datetime.now(UTC)
    code = _registry().code
    made = _database().write(lambda session: load_starting_data(session, code, now=now, demo=demo))
    if not made:
        click.echo("The starting data is loaded.")
        return
    click.echo("The starting data is loaded. Demo sign-ins, shown this once:")
    for sign_in in made:
        click.echo(f"  {sign_in.login_id:28} {sign_in.password}   {sign_in.name.en}")


@click.command()
def verify() -> None:
    """Check the whole ledger against its chain; name what is wrong and exit with 1."""
    with _database().reading() as session:
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
    """Close every proposal whose time has passed and free its serial numbers."""
    now = datetime.now(UTC)
    expired = _database().write(lambda session: approvals.expire(session, now=now))
    click.echo(f"{len(expired)} proposals expired.")


@click.group()
def user() -> None:
    """Create people, list them, and set a password."""


@user.command("create")
@click.argument("login_id")
@click.option("--name", "name_en", required=True, help="Name in English.")
@click.option("--name-ja", default="", help="Name in Japanese.")
@click.option("--role", type=click.Choice([role.value for role in Role]))
@click.option("--email")
@click.password_option()
def create_user(
    login_id: str, name_en: str, name_ja: str, role: str | None, email: str | None, password: str
) -> None:
    """Create a person who signs in with LOGIN_ID."""
    now = datetime.now(UTC)
    try:
        _database().write(
            lambda session: people.create(
                session,
                login_id,
                name_en=name_en,
                name_ja=name_ja or name_en,
                role=Role(role) if role else None,
                email=email,
                password=password,
                actor=None,
                now=now,
            )
        )
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{login_id} may sign in.")


@user.command("list")
def list_users() -> None:
    """List everyone with role and state."""
    with _database().reading() as session:
        for person in people_questions.everyone(session):
            state = "active" if person.is_active else "not active"
            click.echo(f"{person.login_id:28} {person.role or '-':22} {state}  {person.name_en}")


@user.command("password")
@click.argument("login_id")
@click.password_option()
def set_password(login_id: str, password: str) -> None:
    """Replace the password of LOGIN_ID."""
    now = datetime.now(UTC)

    def change(session: Session) -> None:
        person = people_questions.by_login_id(session, login_id)
        if person is None:
            raise NotFound("user")
        people.set_password(session, person, password, actor=None, now=now)

    try:
        _database().write(change)
    except NotFound as missing:
        raise click.ClickException(f"nobody signs in with {login_id}") from missing
    click.echo("The password is replaced.")
