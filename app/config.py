"""What one registry is told: of itself, and by its environment."""

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.domain import nomenclature, policies
from app.domain.actions import Party
from app.domain.adjustments import Method
from app.domain.policies import Policy
from app.domain.text import Text

#: The database itself refuses to remove an entry of the logs that is younger.
LOG_YEARS_MIN: Final = 3

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Config:
    """One registry: one app, one database, one secret key."""

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    #: The seed of the Ed25519 key that signs what goes to other registries: 32 bytes as 64 digits.
    signing_key: str = field(default="", repr=False)
    code: str = "JP"
    #: Where it is mounted beside others: below a path ("" or "/mn"), or under a host name.
    path: str = ""
    host: str = ""
    name: Text = field(default=Text("JCM Registry of Japan", "日本国JCM登録簿"))
    #: The Party whose registry this is (alpha-3), and the registry's number among its registries.
    #: The number the Party was assigned is not public.
    party: str = "JPN"
    itmo_registry: str = "JPN01"
    #: The first and last year of the Party's present NDC period.
    ndc_years: tuple[int, int] = (2021, 2030)
    #: How the Party applies corresponding adjustments, unless its administrators say otherwise.
    adjustment_method: Method = Method.TRAJECTORY
    #: The account that receives what is given to the Adaptation Fund, where there is one.
    adaptation_fund: str = ""
    #: Who issues certificates.
    authority: Text = field(
        default=Text("Administrator of the JCM Registry of Japan", "日本国JCM登録簿 登録簿管理者")
    )
    time_zone: ZoneInfo = field(default=ZoneInfo("Asia/Tokyo"))
    #: The country whose public holidays are no working days here.
    holidays: str = "JP"
    #: The languages offered; the first is for whoever asked for none of them.
    languages: tuple[str, ...] = ("en", "ja")
    #: Cookies are bound to TLS; switched off where the registry is served without it.
    tls: bool = False
    #: How many proxies of our own every request passes, each of which names the one before it.
    proxies: int = 0
    #: How many years the logs are kept.
    log_years: int = 5
    #: The mail server, such as smtp://name:password@host:587; without it mails wait.
    smtp_url: str = field(default="", repr=False)
    #: Whom mails come from, and the address under which their links lead here.
    mail_from: str = ""
    public_url: str = ""
    #: Where the public writes to, shown on the contact page.
    contact: str = ""
    #: The virus scanner, such as tcp://127.0.0.1:3310; without it files are not scanned.
    clamd_url: str = ""
    #: What is asked of transfers: nothing, unless the operator sets it for all of them.
    policy: Policy = policies.NONE
    #: How often one network may ask the interface for programs.
    api_limit: str = "120 per minute"
    #: Where `flask dump` puts the daily files.
    dumps: Path = ROOT / "instance" / "dumps"
    testing: bool = False

    @property
    def own_party(self) -> Party:
        """The Party whose registry this is, as the rules of Article 6.2 ask for it."""
        return Party(self.party, self.itmo_registry, self.ndc_years, self.adaptation_fund)

    @property
    def language(self) -> str:
        """The language of whoever asked for none that is offered."""
        return self.languages[0]

    @classmethod
    def from_environment(cls) -> "Config":
        """Read the environment; a database and keys not set live in `instance/`."""
        home = instance()
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{home / 'registry.sqlite'}"
        return cls(
            database_url=with_driver(url),
            secret_key=os.environ.get("SECRET_KEY") or kept_secret(home / "secret_key"),
            signing_key=os.environ.get("SIGNING_KEY") or kept_secret(home / "signing_key"),
            **of_server(),
            smtp_url=os.environ.get("SMTP_URL", ""),
            mail_from=os.environ.get("MAIL_FROM", ""),
            public_url=os.environ.get("PUBLIC_URL", "").rstrip("/"),
            contact=os.environ.get("CONTACT_EMAIL", ""),
            itmo_registry=itmo_registry(os.environ.get("ITMO_REGISTRY") or cls.itmo_registry),
            adaptation_fund=os.environ.get("ADAPTATION_FUND_ACCOUNT", ""),
            log_years=log_years(os.environ.get("LOG_YEARS") or "5"),
            api_limit=api_limit(os.environ.get("API_LIMIT") or cls.api_limit),
            dumps=Path(os.environ.get("DUMPS_DIR") or home / "dumps"),
            policy=policies.parse(os.environ.get("MOVEMENT_POLICY", ""), cls.time_zone),
        )


def instance() -> Path:
    """Return the folder in which the first registry lives, and the others below it."""
    found = Path(os.environ.get("INSTANCE_DIR", ROOT / "instance"))
    found.mkdir(parents=True, exist_ok=True)
    return found


def of_server() -> dict[str, Any]:
    """Return what the server is told for every registry that it serves."""
    return {
        "tls": os.environ.get("TLS", "") == "1",
        "proxies": _proxies(os.environ.get("PROXIES") or "0"),
        "clamd_url": os.environ.get("CLAMD_URL", ""),
    }


def kept_secret(path: Path) -> str:
    """Return 64 digits that nobody else knows, made once and readable by this user alone."""
    if not path.exists():
        made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32))
        # Whoever comes first: of two processes that start together both get the same.
        with suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
    return path.read_text().strip()


def with_driver(url: str) -> str:
    """Return an address that names the PostgreSQL driver we ship, as hosts hand it out without."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _proxies(given: str) -> int:
    if not given.isascii() or not given.isdecimal():
        raise ValueError(f"PROXIES must be a number, in digits; it is {given!r}")
    return int(given)


def itmo_registry(given: str, name: str = "ITMO_REGISTRY") -> str:
    """Return the code of a Party's registry."""
    if not nomenclature.ITMO_REGISTRY.fullmatch(given):
        raise ValueError(f"{name} must be such as JPN01; it is {given!r}")
    return given


def api_limit(given: str, name: str = "API_LIMIT") -> str:
    """Return how often one network may ask the interface for programs."""
    if not re.fullmatch("[1-9][0-9]{0,8} per (second|minute|hour)", given):
        raise ValueError(f"{name} must be such as '120 per minute'; it is {given!r}")
    return given


def log_years(given: str, name: str = "LOG_YEARS") -> int:
    """Return how many years the logs are kept."""
    if not given.isascii() or not given.isdecimal() or int(given) < LOG_YEARS_MIN:
        raise ValueError(f"{name} must be {LOG_YEARS_MIN} or more, in digits; it is {given!r}")
    return int(given)
