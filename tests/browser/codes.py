"""An authenticator on a phone: each code is a new one, as the registry's clock moves on."""

from datetime import UTC, datetime, timedelta

import pyotp
from sqlalchemy.orm import Session

from app.registry.vaults import Vault
from app.store import people
from app.store.tables import SecondFactor
from app.store.tables.credentials import Method
from tests.portal import Portal

_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Codes:
    """The codes of everyone in a registry, and the clock by which they are good."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._ahead = timedelta()
        self._known: set[str] = set()
        portal.app.config["CLOCK"] = self.now

    def now(self) -> datetime:
        """Return the time by the registry's clock."""
        return datetime.now(UTC) + self._ahead

    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self._ahead += timedelta(minutes=minutes)

    def next(self, login_id: str) -> str:
        """Return a code that was never given before."""
        if login_id not in self._known:
            self._portal.database.write(lambda session: self._add(session, login_id))
            self._known.add(login_id)
        self._ahead += timedelta(seconds=30)
        return pyotp.TOTP(_SECRET).at(self.now())

    def _add(self, session: Session, login_id: str) -> None:
        person = people.by_login_id(session, login_id)
        assert person is not None, login_id
        vault: Vault = self._portal.app.extensions["vault"]
        session.add(
            SecondFactor(
                user_id=person.id,
                method=Method.TOTP,
                name="Phone",
                secret=vault.seal(_SECRET.encode(), f"totp:{person.id}"),
                algorithm="SHA1",
                last_step=0,
                added_at=self.now(),
            )
        )
