"""The registries of one installation, connected with each other by their public keys."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import click

from app import registries as known
from app.cli.registries import run
from app.config import Config
from app.registry.seals import Seal

#: By what a server that listens everywhere is reached from its own machine.
_HERE: Final = "127.0.0.1"


class Connection(NamedTuple):
    """What one registry is told of another."""

    code: str
    other: str
    url: str
    key: str


@click.command()
@click.option(
    "--server",
    default="http://127.0.0.1:8000",
    help="Where this installation serves those that have no address of their own.",
)
def connect(server: str) -> None:
    """Connect the first registry with each other one here; run again, it changes nothing.

    Each is told address and public key of the other, and nothing else. One that was connected so
    follows to another port; an address that was given otherwise stays.
    """
    failed = connect_all(server)
    if failed:
        raise click.ClickException(f"not connected: {', '.join(failed)}")


def connect_all(server: str) -> list[str]:
    """Connect the registries served here with the first one; name those that could not be."""
    return [
        f"{one.code} with {one.other}"
        for one in connections(server)
        if run(one.code, "peer", "here", one.other, one.url, one.key)
    ]


def connections(server: str) -> Iterator[Connection]:
    """Yield what each registry of this installation is to know of another: address and key."""
    configs: dict[str, Config] = {}
    for code in known.codes():
        try:
            configs[code] = known.config(code)
        except (ValueError, OSError) as wrong:
            click.echo(f"{code}: its settings cannot be used: {wrong}", err=True)
    first = configs.pop(known.FIRST, None)
    if first is None:
        return
    for other in configs.values():
        for one, to in ((first, other), (other, first)):
            key = Seal(to.signing_key).public.hex()
            yield Connection(one.code, to.code, _address(to, server), key)


def _address(config: Config, server: str) -> str:
    if config.public_url:
        return config.public_url
    if config.host:
        return f"https://{config.host}"
    parts = urlsplit(server)
    if _is_everywhere(parts.hostname or ""):
        server = parts._replace(netloc=f"{_HERE}:{parts.port}").geturl()
    return f"{server}{config.path}"


def _is_everywhere(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
