"""The worker's rounds for other registries: one thread for each, and what has its time.

Each thread carries the letters to one registry in their order, every second, and tries less and
less often while that registry is not there. So none waits for another, and no mail for any of them.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from threading import Event, Thread
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.registry import outgoing, peer_issuances, reconciliations
from app.registry.couriers import Carried, Clock, Courier, Line, Post
from app.registry.letters import Desk
from app.store import accounts, peers
from app.store.databases import AnyRow, Database

#: Seconds between two looks for letters.
PAUSE: Final = 1.0
#: Seconds before a letter is sent again: doubled each time up to the longest.
AGAIN: Final = 0.25
AGAIN_MAX: Final = 60.0
#: When each night, by the registry's own time, its books are compared with those of the others.
NIGHTLY: Final = time(2)
#: How long the end of a letter that is on its way is waited for.
_LAST_SECONDS: Final = 5.0

#: What stands in place of another registry's id for the comparison with the own chain.
_OWN: Final = 0

_log = logging.getLogger(__name__)


def wait(failures: int) -> float:
    """Return how many seconds to wait after so many failures in a row."""
    return min(AGAIN_MAX, AGAIN * 2 ** min(failures - 1, 16)) if failures else PAUSE


def last_night(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last time at which a nightly reconciliation was due."""
    here = now.astimezone(zone)
    due = datetime.combine(here.date(), NIGHTLY, zone)
    return due if due <= here else datetime.combine(here.date() - timedelta(days=1), NIGHTLY, zone)


@dataclass
class Rounds:
    """What a worker does for the exchange of one registry with the others."""

    database: Database
    desk: Desk
    zone: ZoneInfo
    clock: Clock
    line: Callable[[], Post] = Line
    #: The night for which each registry was looked at.
    _nights: dict[int, datetime] = field(default_factory=dict)

    def once(self) -> list[str]:
        """Do all that is due; return the codes of the registries that were not there."""
        self._follow_up()
        courier = self._courier()
        try:
            # Answers may leave more to be told.
            return [peer.code for peer in self._peers() if self._carry(courier, peer).is_stuck]
        finally:
            courier.line.close()

    def run(self, stopped: Event) -> None:
        """Carry letters and follow up until stopped; what goes wrong is logged and tried again."""
        threads: dict[int, Thread] = {}
        failures = 0
        while not stopped.is_set():
            is_done = self._tried(partial(self._look, threads, stopped))
            failures = 0 if is_done else failures + 1
            stopped.wait(max(PAUSE, wait(failures)))
        for thread in threads.values():
            thread.join(_LAST_SECONDS)

    def _tried(self, work: Callable[[], bool]) -> bool:
        """Work and return what came of it; False if it failed, which is logged."""
        try:
            return work()
        except Exception:  # noqa: BLE001  whatever it is, the next round is another try
            _log.exception("%s: a round of the exchange failed", self.desk.code)
            return False

    def _look(self, threads: dict[int, Thread], stopped: Event) -> bool:
        """Follow up, and begin a thread for each registry that has none."""
        self._follow_up()
        for peer in self._peers():
            if peer.id not in threads:
                threads[peer.id] = self._begun(peer.id, stopped)
        return True

    def _begun(self, peer_id: int, stopped: Event) -> Thread:
        # Whatever holds one up when the process ends is safe to be cut off.
        thread = Thread(target=self._carry_on, args=(peer_id, stopped), daemon=True)
        thread.start()
        return thread

    def _carry_on(self, peer_id: int, stopped: Event) -> None:
        courier, failures = self._courier(), 0
        while not stopped.is_set():
            is_done = self._tried(partial(self._carry_one, courier, peer_id, stopped))
            failures = 0 if is_done else failures + 1
            stopped.wait(wait(failures))
        courier.line.close()

    def _carry_one(self, courier: Courier, peer_id: int, stopped: Event) -> bool:
        with self.database.reading() as session:
            peer = peers.by_id(session.connection(), peer_id)
        return not self._carry(courier, peer, stopped.is_set).is_stuck

    def _carry(
        self, courier: Courier, peer: AnyRow, stopped: Callable[[], bool] = lambda: False
    ) -> Carried:
        if peer.is_suspended:
            return Carried(0, is_stuck=False)
        return courier.carry(peer, stopped)

    def _courier(self) -> Courier:
        return Courier(self.database, self.desk, self.clock, self.line())

    def _peers(self) -> list[AnyRow]:
        with self.database.reading() as session:
            return list(peers.everyone(session))

    def _follow_up(self) -> None:
        now = self.clock()
        outgoing.follow_up(self.database, self.desk, now=now)
        peer_issuances.tell_due(self.database, self.desk.code, now=now)
        reconciliations.asked(self.database, now=now)
        self._reconcile(last_night(now, self.zone), now)

    def _reconcile(self, night: datetime, now: datetime) -> None:
        """Begin what is to be compared each night; one that is under way is not begun again."""
        for peer in self._peers():
            if self._nights.get(peer.id) != night and not peer.is_suspended:
                with suppress(Refusal):
                    self.database.write(partial(self._begin, peer=peer, night=night, now=now))
                self._nights[peer.id] = night
        if self._nights.get(_OWN) != night:
            with self.database.reading() as session:
                connection = session.connection()
                is_due = peers.has_begun(connection, night)
                is_due = is_due and not peers.reconciled_since(connection, None, night)
            if is_due:
                reconciliations.own_books(self.database, self.desk.code, now=now)
            self._nights[_OWN] = night

    def _begin(self, session: Session, *, peer: AnyRow, night: datetime, now: datetime) -> None:
        """Begin the reconciliation of a night, unless one was begun since."""
        connection = session.connection()
        accounts.lock_ids(connection, [peer.account_id])
        if peer.created_at < night and not peers.reconciled_since(connection, peer.id, night):
            reconciliations.begin(session, peer.id, self.desk, now=now)
