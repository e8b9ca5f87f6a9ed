"""Passwords: hashed with Argon2id, compared within bounds, refused when anyone would guess them."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from threading import Lock
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import matching, scoring, time_estimates
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from app.documents.turns import WHOSE, Turns
from app.domain import passwords as rules
from app.domain.people_errors import Busy, PasswordCommon, PasswordGuessable
from app.domain.text import searchable

#: RFC 9106, section 4, the second choice: 64 MiB, three passes, four lanes.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
#: Compared when there is no such person, so that the answer takes the same time: the hash, with
#: these parameters, of 256 random bits that nobody kept.
DECOY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$V3iWEayPhG1e1vaQlapRwA$TvVw1xcVDTPZ+m4WAQOiKagB0LNh2rQOofjX2Taa/IU"
)

#: Each comparison takes 64 MiB and a tenth of a second of a core: so many at once in a process,
#: so many with those who wait, and so many of these for one address. The rest of the process's
#: threads serve pages meanwhile. Each registry of a process has its own.
AT_ONCE: Final = 2
ROOM: Final = 3
SHARE: Final = 2
_turns: Final = Turns(AT_ONCE)
_counting: Final = Lock()
_rooms: Final[defaultdict[str, Counter[str]]] = defaultdict(Counter)

#: More characters than any password has before NFKC puts them together.
_READ_MAX: Final = 4 * rules.LENGTH_MAX
#: Of 0 to 4: what an attacker with many guesses and no lock-out would not find.
_SCORE_MIN: Final = 3
#: The estimate of longer texts takes long, and their length is enough.
_ESTIMATED_MAX: Final = 40


def hash_of(password: str) -> str:
    """Return the Argon2id hash of a password.

    Raises:
        Busy: too many passwords are being compared.
    """
    with _in_turn():
        return _HASHER.hash(rules.prepared(password))


def matches(password_hash: str, password: str, *, address: str = "") -> bool:
    """Tell whether a password is the one hashed.

    Args:
        address: where it came from, so that no address takes up all the room; none for people
            who are known.

    Raises:
        Busy: too many passwords are being compared.
    """
    # What is longer than any password is compared cut off, for the time it takes, and is wrong.
    chosen = rules.prepared(password[:_READ_MAX])
    with _in_turn(address):
        try:
            is_right = _HASHER.verify(password_hash, chosen[: rules.LENGTH_MAX])
        except (VerificationError, InvalidHashError):
            return False
    return is_right and len(chosen) <= rules.LENGTH_MAX


def check(password: str, *, has_second_factor: bool, context: Iterable[str]) -> None:
    """Refuse a password that is too short, common, leaked, or easy to guess.

    Raises:
        PasswordTooShort, TooLong, PasswordIsContext, PasswordCommon, PasswordGuessable
    """
    context = list(context)
    rules.check(password, has_second_factor=has_second_factor, context=context)
    chosen = searchable(rules.prepared(password))
    if chosen in common():
        raise PasswordCommon(field="password")
    if _score(chosen[:_ESTIMATED_MAX], rules.words(context)) < _SCORE_MIN:
        raise PasswordGuessable(field="password")


def _score(chosen: str, words: Iterable[str]) -> int:
    """Estimate how hard a password is to guess, from 0 to 4, for one who knows these words.

    The estimate's own front door keeps the words of whoever came last for all to use.
    """
    known = matching.build_ranked_dict([word.lower() for word in words])
    found = matching.omnimatch(chosen, matching.RANKED_DICTIONARIES | {"user_inputs": known})
    guesses = scoring.most_guessable_match_sequence(chosen, found)["guesses"]
    return int(time_estimates.guesses_to_score(Decimal(guesses)))


@cache
def common() -> frozenset[str]:
    """Return the common and leaked passwords that are shipped: 30,000, the most used first."""
    return frozenset(FREQUENCY_LISTS["passwords"])


@contextmanager
def _in_turn(address: str = "") -> Generator[None, None, None]:
    with _counting:
        inside = _rooms[WHOSE.get()]
        if inside.total() >= ROOM or (address and inside[address] >= SHARE):
            raise Busy
        inside[address] += 1
    try:
        with _turns.own():
            yield
    finally:
        with _counting:
            inside[address] -= 1
            if not inside[address]:
                del inside[address]
