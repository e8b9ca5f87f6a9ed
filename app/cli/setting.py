"""What every command asks of the app it runs in."""

from typing import Final, cast

import click
from flask import current_app

from app.config import Config
from app.registry.letters import Desk
from app.registry.logs import Origin
from app.registry.seals import Seal
from app.store.databases import Database

#: Where what is done here comes from.
ORIGIN: Final = Origin(None, "command line")


def database() -> Database:
    """Return the registry's database."""
    return cast("Database", current_app.extensions["database"])


def registry() -> Config:
    """Return what this registry was told of itself."""
    return cast("Config", current_app.config["REGISTRY"])


def desk() -> Desk:
    """Return who speaks for this registry to others."""
    config = registry()
    try:
        seal = Seal(config.signing_key)
    except ValueError as wrong:
        raise click.ClickException("SIGNING_KEY must be 32 bytes as 64 digits") from wrong
    return Desk(config.code, seal, config.own_party, config.policy)
