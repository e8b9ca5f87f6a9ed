"""What one registry is told by its environment."""

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from app.domain.text import Text

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Config:
    """One registry: one app, one database, one secret key."""

    database_url: str
    secret_key: str = field(repr=False)
    code: str = "JP"
    name: Text = field(default=Text("JCM Registry of Japan", "日本国JCM登録簿"))
    time_zone: ZoneInfo = field(default=ZoneInfo("Asia/Tokyo"))
    #: Cookies are bound to TLS; switched off where the registry is served without it.
    tls: bool = False
    testing: bool = False

    @classmethod
    def from_environment(cls) -> "Config":
        """Read DATABASE_URL, SECRET_KEY and TLS; what is not set lives in `instance/`."""
        instance = Path(os.environ.get("INSTANCE_DIR", ROOT / "instance"))
        instance.mkdir(parents=True, exist_ok=True)
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{instance / 'registry.sqlite'}"
        return cls(
            database_url=with_driver(url),
            secret_key=os.environ.get("SECRET_KEY") or _kept_secret(instance / "secret_key"),
            tls=os.environ.get("TLS", "") == "1",
        )


def with_driver(url: str) -> str:
    """Return an address that names the PostgreSQL driver we ship, as hosts hand it out without."""
    for short in ("postgres://", "postgresql://"):
        if url.startswith(short):
            return "postgresql+psycopg://" + url.removeprefix(short)
    return url


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()
