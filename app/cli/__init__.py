"""Commands for those who operate a registry, all as `flask --app wsgi …`.

Each file has the commands of one matter; they are for the registry that REGISTRY names, or for the
first one.
"""

from typing import Final

import click
from flask import Flask

from app.cli.connections import connect
from app.cli.data import dump, expire, load, prune, verify
from app.cli.mails import worker
from app.cli.peers import peer
from app.cli.reconciliations import reconcile
from app.cli.registries import registries
from app.cli.users import user

registries.add_command(connect)

#: Every command and group of commands there is.
COMMANDS: Final[tuple[click.Command, ...]] = (
    *(load, verify, expire, prune, dump),
    worker,
    reconcile,
    user,
    peer,
    registries,
)


def register(app: Flask) -> None:
    for command in COMMANDS:
        app.cli.add_command(command)
