"""The registries of one installation: which there are, and what each is told of itself.

The first lives in the instance folder and is told by its environment; every further one in a folder
of its own, `instance/registries/<code>/`, by its `registry.toml`. Only settings are read here:
whoever builds an app builds it of one `Config`, and no code below it knows of another registry.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from app.config import Config, instance, kept_secret, of_server
from app.domain import policies
from app.settings import NAME, SettingsError, code, read

#: The registry that lives in the instance folder itself.
FIRST: Final = "JP"

_FOLDER: Final = re.compile("[a-z]{2}")
#: A file that holds the address of the database, where the address has a password in it.
DATABASE_URL: Final = "database_url"


def folder(registry: str) -> Path:
    """Return where a registry's settings, keys and, unless they lie elsewhere, its data are."""
    return instance() if registry == FIRST else _home() / registry.lower()


def codes() -> list[str]:
    """Return the codes of all registries here, the first one first."""
    names = sorted(path.parent.name for path in _home().glob(f"*/{NAME}"))
    found = (name.upper() for name in names if _FOLDER.fullmatch(name))
    return [FIRST, *(one for one in found if one != FIRST)]


def chosen() -> str:
    """Return which registry commands are for: REGISTRY says it, otherwise it is the first.

    Raises:
        SettingsError: there is none of that code.
    """
    asked = os.environ.get("REGISTRY") or FIRST
    try:
        found = code(asked)
    except SettingsError as error:
        raise SettingsError(f"REGISTRY {error}") from error
    if found not in codes():
        raise SettingsError(
            f"REGISTRY is {found}, and there is no such registry here: "
            f"`flask registry add {found}` makes it"
        )
    return found


def served() -> list[str]:
    """Return which registries are served: the one that REGISTRY names, otherwise all."""
    return [chosen()] if os.environ.get("REGISTRY") else codes()


def config(registry: str) -> Config:
    """Return what a registry is told of itself.

    Raises:
        ValueError: something of it cannot be used.
    """
    if registry == FIRST:
        return Config.from_environment()
    home = folder(registry)
    said = read(home / NAME, os.environ)
    if said["code"] != registry:
        raise SettingsError(f"{home / NAME} is for {said['code']}, not for {registry}")
    policy = policies.parse(said.pop("movement_policy", ""), said["time_zone"], said["holidays"])
    address = said.pop("database_url", "") or _kept_address(home)
    smtp_url = said.pop("smtp_url", "")
    if "path" not in said and "host" not in said:
        said["path"] = f"/{registry.lower()}"
    return Config(
        database_url=address or f"sqlite:///{home / 'registry.sqlite'}",
        secret_key=_secret(registry, "secret_key"),
        signing_key=_secret(registry, "signing_key"),
        smtp_url=smtp_url,
        dumps=home / "dumps",
        policy=policy,
        **of_server(),
        **said,
    )


def current() -> Config:
    """Return what the registry that commands are for is told of itself."""
    return config(chosen())


def check_apart(configs: Iterable[Config]) -> None:
    """Refuse registries that would share what each has for itself.

    Raises:
        SettingsError: two have the same key, database, address or folder of files.
    """
    seen: dict[tuple[str, object], str] = {}
    for one in configs:
        for what, value in _own(one):
            other = seen.setdefault((what, value), one.code)
            if other != one.code:
                raise SettingsError(f"{other} and {one.code} have the same {what}")


def _own(one: Config) -> list[tuple[str, object]]:
    return [
        ("database", one.database_url),
        ("secret key", one.secret_key),
        ("signing key", one.signing_key),
        ("folder of daily files", one.dumps),
        ("address", (one.host, one.path)),
    ]


def _home() -> Path:
    return instance() / "registries"


def _secret(registry: str, name: str) -> str:
    said = os.environ.get(f"{registry}_{name.upper()}")
    return said or kept_secret(folder(registry) / name)


def _kept_address(home: Path) -> str:
    path = home / DATABASE_URL
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""
