"""The settings of one registry, as `registry.toml` says them: read strictly, and written.

Whatever is not known, not understood or missing is refused with the name of the setting; nothing is
guessed, as a registry with another time zone or Party than its own would record what is wrong.
"""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo, available_timezones

from app.config import api_limit, itmo_registry, log_years, with_driver
from app.domain import nomenclature, policies
from app.domain.adjustments import Method
from app.domain.text import Language, Text

#: The file in which a registry's settings lie, in its own folder.
NAME: Final = "registry.toml"

_CODE: Final = re.compile("[A-Z]{2}")
_PATH: Final = re.compile("/[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST: Final = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_ADDRESS: Final = re.compile(r"https?://[^\s/]+(?:/[^\s]*)?")
_YEARS: Final = range(2000, 2200)
#: First parts of addresses that a registry has itself.
_TAKEN: Final = frozenset(
    {
        *("/api", "/data", "/en", "/ja", "/portal", "/static", "/links", "/language"),
        *("/applications", "/sign-in", "/sign-out", "/session", "/exchange"),
    }
)


class SettingsError(ValueError):
    """A setting that cannot be used; it says which, and what it must be like."""


def code(given: object) -> str:
    """Return the code of a registry: that of its country, two letters."""
    return _matching(str(given).upper() if isinstance(given, str) else given, _CODE, "such as MN")


def mount(given: object) -> str:
    """Return a path below which a registry is served: such as /mn, or none."""
    if given == "":
        return ""
    found = _matching(given, _PATH, "such as /mn")
    if found in _TAKEN:
        raise SettingsError(f"must not be {found}, which every registry has itself")
    return found


def host(given: object) -> str:
    """Return the host name under which a registry is served, or none."""
    return "" if given == "" else _matching(given, _HOST, "a host name such as mn.example.org")


def zone(given: object) -> ZoneInfo:
    """Return a time zone by its name."""
    if not isinstance(given, str) or given not in available_timezones():
        raise SettingsError(f"must be a time zone such as Asia/Ulaanbaatar; it is {given!r}")
    return ZoneInfo(given)


def _matching(given: object, pattern: re.Pattern[str], example: str) -> str:
    if not isinstance(given, str) or not pattern.fullmatch(given):
        raise SettingsError(f"must be {example}; it is {given!r}")
    return given


def _plain(given: object) -> str:
    if not isinstance(given, str) or not given.isprintable():
        raise SettingsError(f"must be a text of one line; it is {given!r}")
    return given


def _text(given: object) -> Text:
    if not isinstance(given, Mapping) or set(given) != {"en", "ja"} or not all(given.values()):
        raise SettingsError(f"must have en and ja; it is {given!r}")
    return Text(_plain(given["en"]), _plain(given["ja"]))


def _ndc_years(given: object) -> tuple[int, int]:
    match given:
        case [int(first), int(last)] if first in _YEARS and last in _YEARS and first <= last:
            return first, last
    raise SettingsError(f"must be two years such as [2021, 2030]; it is {given!r}")


def _languages(given: object) -> tuple[str, ...]:
    known = get_args(Language)
    if not isinstance(given, list) or not given or set(given) - set(known):
        raise SettingsError(f"must be a list of {', '.join(known)}; it is {given!r}")
    return tuple(dict.fromkeys(given))


def _public_url(given: object) -> str:
    return "" if given == "" else _matching(given, _ADDRESS, "https://…").rstrip("/")


def _method(given: object) -> Method:
    if not isinstance(given, str) or given not in set(Method):
        raise SettingsError(f"must be one of {', '.join(Method)}; it is {given!r}")
    return Method(given)


#: Each setting that is read by itself: what it is called, and how it is understood.
_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "code": code,
    "name": _text,
    "authority": _text,
    "party": lambda given: _matching(given, nomenclature.PARTY, "such as MNG"),
    "itmo_registry": lambda given: itmo_registry(_plain(given), "itmo_registry"),
    "ndc_years": _ndc_years,
    "adjustment_method": _method,
    "adaptation_fund": _plain,
    "time_zone": zone,
    "holidays": code,
    "languages": _languages,
    "path": mount,
    "host": host,
    "database_url": lambda given: with_driver(_plain(given)),
    "smtp_url": _plain,
    "mail_from": _plain,
    "public_url": _public_url,
    "contact": _plain,
    "log_years": lambda given: log_years(str(given), "log_years"),
    "api_limit": lambda given: api_limit(_plain(given), "api_limit"),
    "movement_policy": _plain,
}
#: What no registry is without.
NEEDED: Final = ("code", "name", "authority", "party", "itmo_registry", "time_zone", "holidays")
#: What the environment may say instead of the file, after the registry's code: MN_SMTP_URL.
FROM_ENVIRONMENT: Final = (
    *("database_url", "smtp_url", "mail_from", "public_url", "contact", "adaptation_fund"),
    *("log_years", "api_limit", "movement_policy"),
)


def read(path: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of a file by name, as `Config` takes them.

    Raises:
        SettingsError: the file is not there, is no TOML, or has a setting that cannot be used.
    """
    given = of_file(path)
    prefix = str(given.get("code", "")).upper()
    said = {name: environment.get(f"{prefix}_{name.upper()}", "") for name in FROM_ENVIRONMENT}
    return understood(given | {name: one for name, one in said.items() if one}, str(path))


def of_file(path: Path) -> dict[str, Any]:
    """Return what a file says, not yet looked at.

    Raises:
        SettingsError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no TOML: {error}") from error


def understood(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return settings as `Config` takes them, but for the policy, which is still a text.

    Raises:
        SettingsError: one is missing, unknown or cannot be used; `where` is where it stands.
    """
    if missing := [name for name in NEEDED if name not in given]:
        raise SettingsError(f"{where} does not say: {', '.join(missing)}")
    found = {}
    for name, value in given.items():
        if name not in _READERS:
            raise SettingsError(f"{where} says {name}, which is no setting")
        try:
            found[name] = _READERS[name](value)
        except SettingsError as error:
            raise SettingsError(f"{where}: {name} {error}") from error
        except ValueError as error:
            raise SettingsError(f"{where}: {error}") from error
    if found.get("path") and found.get("host"):
        raise SettingsError(f"{where}: it is served below a path or under a host, not both")
    try:
        policies.parse(found.get("movement_policy", ""), found["time_zone"])
    except ValueError as error:
        raise SettingsError(f"{where}: {error}") from error
    return found


def written(given: Mapping[str, Any]) -> str:
    """Return settings as the text of a file, texts in two languages last."""
    plain = {name: value for name, value in given.items() if not isinstance(value, Mapping)}
    lines = [f"{name} = {_value(value)}" for name, value in plain.items()]
    for name, value in given.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{name}]", *(f"{key} = {_value(one)}" for key, one in value.items())]
    return "\n".join((*lines, ""))


def _value(value: object) -> str:
    # Texts and lists of JSON are such of TOML as well, as long as they are printable.
    return json.dumps(value, ensure_ascii=False)
