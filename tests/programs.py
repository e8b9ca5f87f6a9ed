"""Programs that read what is public, each from a network of its own."""

from itertools import count
from typing import Final

from flask import Flask
from flask.testing import FlaskClient

_networks: Final = count(1)


def program(app: Flask) -> FlaskClient:
    """Return a client that nobody else's requests count against."""
    made = FlaskClient(app, app.response_class)
    number = next(_networks)
    made.environ_base["REMOTE_ADDR"] = f"198.18.{number // 250}.{number % 250 + 1}"
    return made
