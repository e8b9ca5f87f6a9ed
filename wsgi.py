"""The WSGI entry: `app` serves every registry of this installation, or the one REGISTRY names.

Commands (`flask --app wsgi …`) are for one registry: the one that REGISTRY names, or the first.
"""

import click
from flask import Flask

from app import create_app as build
from app import registries
from app.mounts import Mounts
from app.settings import SettingsError

app = Mounts()


def create_app() -> Flask:
    """Build the registry that a command is for."""
    try:
        config = registries.current()
    except SettingsError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    return build(config)
