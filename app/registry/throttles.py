"""Counting failures, so that guessing takes too long to be worth it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from app.store import credentials
from app.store.tables import Throttle


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within a time, and then a wait."""

    failures: int
    within: timedelta
    wait: timedelta


#: Five failures for a login ID, from one browser known to be the person's or from all others.
PERSON: Final = Limit(5, timedelta(hours=12), timedelta(minutes=15))
#: Wrong codes of one person, at sign-in and at signing.
CODES: Final = Limit(5, timedelta(hours=12), timedelta(minutes=15))
#: From one address, whatever the login ID: an office shares one, an attacker wants more.
ADDRESS: Final = Limit(30, timedelta(minutes=5), timedelta(minutes=5))
#: After which time a failure of any kind counts no more.
_LONGEST: Final = max(limit.within for limit in (PERSON, CODES, ADDRESS))

#: Of IPv6 one person has so long a network.
_NETWORK_BITS: Final = 64


def network(address: str | None) -> str:
    """Return an address as it is counted: of IPv6 the network, all of which one person has."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return str(address)
    if isinstance(found, IPv6Address) and not found.ipv4_mapped:
        return str(ip_network((found, _NETWORK_BITS), strict=False))
    return str(address)


def wait(connection: Connection, key: str, now: datetime) -> int:
    """Return how many minutes a key must still wait; 0 when it need not."""
    found = credentials.throttle(connection, key)
    if found is None or found.until is None or found.until <= now:
        return 0
    seconds: float = (found.until - now).total_seconds()
    return ceil(seconds / 60)


def failed(connection: Connection, key: str, limit: Limit, now: datetime) -> bool:
    """Count a failure; tell whether with it the wait begins.

    The row is locked before it is read: of failures that come together none goes uncounted.
    """
    insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
    fresh = insert(Throttle).values(key=key, failures=0, since=now, until=None)
    connection.execute(fresh.on_conflict_do_nothing())
    one = select(Throttle.failures, Throttle.since, Throttle.until).where(Throttle.key == key)
    found = connection.execute(one.with_for_update()).one()
    has_waited = found.until is not None and found.until <= now
    begins_anew = has_waited or now - found.since >= limit.within
    failures = 1 if begins_anew else found.failures + 1
    waits = failures >= limit.failures
    values: dict[str, Any] = {"failures": 0 if waits else failures}
    if begins_anew or waits:
        values["since"] = now
    if waits:
        values["until"] = now + limit.wait
    elif has_waited:
        values["until"] = None
    connection.execute(update(Throttle).where(Throttle.key == key).values(values))
    return waits


def forget(connection: Connection, key: str) -> None:
    """Begin to count anew, after a success."""
    if credentials.throttle(connection, key) is not None:
        connection.execute(delete(Throttle).where(Throttle.key == key))


def prune(connection: Connection, now: datetime) -> int:
    """Remove what is counted no more, and return how many keys that were."""
    has_waited = Throttle.until <= now
    is_old = and_(Throttle.until.is_(None), Throttle.since <= now - _LONGEST)
    return connection.execute(delete(Throttle).where(or_(has_waited, is_old))).rowcount
