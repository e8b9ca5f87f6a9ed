"""A role and a database of a registry's own on a PostgreSQL server, closed to all others."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app import registries
from app.settings import SettingsError

_PASSWORD_BYTES: Final = 32
_Connection = psycopg.Connection[Any]


def provide(code: str, admin_url: str) -> None:
    """Make a role and a database for a registry, and keep their address; again, change nothing.

    The role may log in and owns its database; nobody else may connect to that, and it may connect
    to no other registry's database.

    Raises:
        SettingsError: the server is not there, refuses, or has another's role of that name.
    """
    kept = registries.folder(code) / registries.DATABASE_URL
    admin = _admin(admin_url)
    name = f"registry_{code.lower()}"
    try:
        with psycopg.connect(_dsn(admin), autocommit=True) as connection:
            # The address is kept first: what was begun and cut off is finished with it.
            if not kept.exists():
                _refuse_others(connection, name)
                _keep(kept, admin.set(username=name, password=_password(), database=name))
            _make(connection, name, make_url(kept.read_text(encoding="utf-8")).password or "")
            _close_others(connection, code, name)
    except psycopg.Error as error:
        raise SettingsError(f"PostgreSQL refused: {str(error).strip()}") from error


def _admin(given: str) -> URL:
    try:
        found = make_url(given)
    except ArgumentError as error:
        raise SettingsError("--postgresql must be such as postgresql://postgres@host/") from error
    if found.get_backend_name() != "postgresql":
        raise SettingsError("--postgresql must be such as postgresql://postgres@host/")
    return found.set(drivername="postgresql+psycopg", database=found.database or "postgres")


def _dsn(address: URL) -> str:
    return address.set(drivername="postgresql").render_as_string(hide_password=False)


def _password() -> str:
    return secrets.token_urlsafe(_PASSWORD_BYTES)


def _keep(path: Path, address: URL) -> None:
    path.touch(mode=0o600)
    path.write_text(address.render_as_string(hide_password=False), encoding="utf-8")


def _refuse_others(connection: _Connection, name: str) -> None:
    """Refuse a name that is taken: what another installation made is not this one's to change."""
    if _has_role(connection, name) or _has_database(connection, name):
        raise SettingsError(f"the server has a role or database {name} that was not made here")


def _make(connection: _Connection, name: str, password: str) -> None:
    role = sql.Identifier(name)
    if not _has_role(connection, name):
        powers = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
        statement = sql.SQL("CREATE ROLE {} " + powers + " PASSWORD {}")
        connection.execute(statement.format(role, sql.Literal(password)))
    if not _has_database(connection, name):
        # Only a member of a role may give it a database.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
                role, role
            )
        )
        _close(connection, name)
        connection.execute(sql.SQL("REVOKE {} FROM CURRENT_USER").format(role))


def _close(connection: _Connection, database: str) -> None:
    connection.execute(
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database))
    )


def _close_others(connection: _Connection, code: str, name: str) -> None:
    """Close the databases of the other registries on this server, which are open by default."""
    for owner, database in _of_other_registries(code):
        if not (_has_database(connection, database) and _may(connection, name, database)):
            continue
        if _has_role(connection, owner):
            grant = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
            connection.execute(grant.format(sql.Identifier(database), sql.Identifier(owner)))
        _close(connection, database)
        if _may(connection, name, database):
            raise SettingsError(f"{name} may connect to {database}, and that could not be ended")


def _of_other_registries(code: str) -> Iterator[tuple[str, str]]:
    """Yield role and database of each other registry that is on a PostgreSQL server."""
    for other in registries.codes():
        if other == code:
            continue
        address = make_url(registries.config(other).database_url)
        if address.get_backend_name() == "postgresql" and address.database:
            yield address.username or "", address.database


def _may(connection: _Connection, role: str, database: str) -> bool:
    asked = "SELECT has_database_privilege(%s, %s, 'CONNECT')"
    return bool(_one(connection, asked, role, database))


def _has_role(connection: _Connection, name: str) -> bool:
    return bool(_one(connection, "SELECT count(*) FROM pg_roles WHERE rolname = %s", name))


def _has_database(connection: _Connection, name: str) -> bool:
    return bool(_one(connection, "SELECT count(*) FROM pg_database WHERE datname = %s", name))


def _one(connection: _Connection, asked: str, *values: str) -> Any:
    row = connection.execute(asked.encode(), values).fetchone()
    return row[0] if row else None
