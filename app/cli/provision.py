"""What a new registry needs before its database: its folder, settings and keys."""

import csv
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from app import registries, settings
from app.config import ROOT
from app.settings import SettingsError

_DATA: Final = ROOT / "app" / "data"
#: Options that stand in the file under the same name.
_PLAIN: Final = (
    *("path", "host", "itmo_registry", "adjustment_method", "time_zone", "holidays"),
    *("mail_from", "public_url", "contact", "database_url"),
)


def folder(given: str, file: Path | None, asked: Mapping[str, Any]) -> str:
    """Make the folder, settings and keys of a registry where they are missing; return its code.

    Raises:
        ValueError: what is asked cannot be, or the registry is there and was told otherwise.
    """
    try:
        code = settings.code(given)
    except SettingsError as error:
        raise SettingsError(f"the code of a registry {error}") from error
    if code == registries.FIRST:
        raise SettingsError(f"{code} is the first registry here, and told by its environment")
    path = registries.folder(code) / settings.NAME
    if path.exists():
        _check_same(path, _typed(asked))
    else:
        said = _told(code, file, _typed(asked))
        if said["code"] != code:
            raise SettingsError(f"{file} is for {said['code']}, not for {code}")
        _write(path, said)
    # Its keys are made where they are first asked for.
    registries.config(code)
    return code


def _check_same(path: Path, typed: Mapping[str, Any]) -> None:
    """Refuse to tell a registry otherwise than it was told: its file is the operator's."""
    kept = settings.of_file(path)
    for name, value in typed.items():
        if kept.get(name) != value:
            raise SettingsError(f"it is there already, with another {name}: see {path}")


def _told(code: str, file: Path | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a new registry, plain ones first."""
    shipped = _DATA / "registries" / code.lower() / settings.NAME
    if file is None and not shipped.exists():
        said = _of_country(code)
    else:
        said = settings.of_file(file or shipped)
    if "host" in typed:
        said.pop("path", None)
    if "path" in typed:
        said.pop("host", None)
    said |= typed
    if "host" not in said:
        said.setdefault("path", f"/{code.lower()}")
    if isinstance(name := said.get("name"), Mapping) and "authority" not in said:
        said["authority"] = {
            "en": f"Administrator of the {name.get('en')}",
            "ja": f"{name.get('ja')} 登録簿管理者",
        }
    settings.understood(said, str(file or "what is asked"))
    plain = {name: value for name, value in said.items() if not isinstance(value, Mapping)}
    return plain | said


def _of_country(code: str) -> dict[str, Any]:
    """Return what is known of a partner country's registry before it says more."""
    with (_DATA / "partner_countries.csv").open(encoding="utf-8-sig", newline="") as rows:
        found = {row["alpha2"]: row for row in csv.DictReader(rows)}.get(code)
    if found is None:
        raise SettingsError(
            f"{code} is no partner country: give its settings in a file, with --settings"
        )
    zones = _zones(code)
    return {
        "code": code,
        "party": found["alpha3"],
        "itmo_registry": f"{found['alpha3']}01",
        "ndc_years": [2021, 2030],
        "adjustment_method": "trajectory",
        **({"time_zone": zones[0]} if len(zones) == 1 else {}),
        "holidays": code,
        "languages": ["en", "ja"],
        "name": {
            "en": f"JCM Registry of {found['name_en']}",
            "ja": f"{found['name_ja']}JCM登録簿",
        },
    }


def _zones(code: str) -> list[str]:
    """Return the time zones of a country, where the machine has a list of them."""
    for place in zoneinfo.TZPATH:
        table = Path(place, "zone.tab")
        if table.exists():
            rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
            return sorted(row[2] for row in rows if row[0] == code)
    return []


def _typed(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the options say, as the file says it."""
    found: dict[str, Any] = {key: asked[key] for key in _PLAIN if key in asked}
    if "languages" in asked:
        found["languages"] = list(asked["languages"])
    if "ndc_years" in asked:
        found["ndc_years"] = _years(asked["ndc_years"])
    if "name_en" in asked:
        name = asked["name_en"]
        found["name"] = {"en": name, "ja": asked.get("name_ja", name)}
    elif "name_ja" in asked:
        raise SettingsError("--name-ja is the Japanese of --name: give both")
    return found


def _years(given: str) -> list[int]:
    first, _to, last = given.partition("-")
    if not (first.isdecimal() and last.isdecimal()):
        raise SettingsError(f"--ndc-years must be such as 2021-2030; it is {given!r}")
    return [int(first), int(last)]


def _write(path: Path, said: Mapping[str, Any]) -> None:
    """Write the settings, whole or not at all, for this user alone: they may name passwords."""
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    made = path.with_suffix(".new")
    made.touch(mode=0o600)
    made.write_text(settings.written(said), encoding="utf-8")
    made.replace(path)
