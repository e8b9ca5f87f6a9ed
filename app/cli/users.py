"""Commands that create people, list them, and make links to choose a password."""

from datetime import UTC, datetime

import click
from sqlalchemy.orm import Session

from app.cli.setting import ORIGIN, database
from app.domain.errors import NotFound, Refusal
from app.domain.roles import Role
from app.registry import links, people, second_factors
from app.store import people as people_questions
from app.store.tables.credentials import Purpose


@click.group()
def user() -> None:
    """Create people, list them, and make links to choose a password."""


@user.command("create")
@click.argument("login_id")
@click.option("--name", "name_en", required=True, help="Name in English.")
@click.option("--name-ja", default="", help="Name in Japanese.")
@click.option("--role", type=click.Choice([role.value for role in Role]))
@click.option("--email")
def create_user(
    login_id: str, name_en: str, name_ja: str, role: str | None, email: str | None
) -> None:
    """Create a person who signs in with LOGIN_ID, and print the link to choose a password."""
    now = datetime.now(UTC)

    def create(session: Session) -> str:
        made = people.create(
            session,
            login_id,
            name_en=name_en,
            name_ja=name_ja or name_en,
            role=Role(role) if role else None,
            email=email,
            actor=None,
            now=now,
        )
        return links.make(session, made, Purpose.ACTIVATION, origin=ORIGIN, now=now)

    try:
        secret = database().write(create)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo(f"{login_id} chooses a password, within 24 hours and once, at {links.PATH}{secret}")


@user.command("list")
def list_users() -> None:
    """List everyone with role and state."""
    with database().reading() as session:
        for person in people_questions.everyone(session):
            state = person.state
            click.echo(f"{person.login_id:28} {person.role or '-':22} {state}  {person.name_en}")


@user.command("link")
@click.argument("login_id")
@click.option("--lost-device", is_flag=True, help="Also remove the second factors.")
def link(login_id: str, *, lost_device: bool) -> None:
    """Void the password of LOGIN_ID and print a link to choose another; nobody else knows it."""
    now = datetime.now(UTC)

    def make(session: Session) -> str:
        person = people_questions.by_login_id(session, login_id)
        if person is None:
            raise NotFound("user")
        if lost_device:
            second_factors.remove_all(session, person, origin=ORIGIN, now=now)
        people.void_password(session, person, reason="command line", actor=None, now=now)
        purpose = Purpose.SECOND_FACTOR if lost_device else Purpose.PASSWORD
        return links.make(session, person, purpose, origin=ORIGIN, now=now)

    try:
        secret = database().write(make)
    except NotFound as missing:
        raise click.ClickException(f"nobody signs in with {login_id}") from missing
    click.echo(f"Good for 24 hours and once: {links.PATH}{secret}")
