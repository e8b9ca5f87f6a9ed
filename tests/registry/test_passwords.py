"""Passwords as they are hashed and compared, and those that anyone would guess."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Thread

import pytest
from argon2 import extract_parameters

from app.domain.people_errors import Busy, PasswordCommon, PasswordGuessable, PasswordTooShort
from app.registry import passwords
from app.registry.passwords import AT_ONCE, ROOM, SHARE

OWN = ["JP0000000142", "Hanako Aoba", "青葉 花子", "JCM Registry of Japan"]


def check(password: str) -> None:
    passwords.check(password, has_second_factor=True, context=OWN)


def test_only_an_argon2id_hash_with_a_salt_of_its_own_is_kept() -> None:
    made = passwords.hash_of("four words in a row")
    assert made.startswith("$argon2id$")
    assert made != passwords.hash_of("four words in a row")
    found = extract_parameters(made)
    assert (found.time_cost, found.memory_cost, found.salt_len) == (3, 64 * 1024, 16)
    assert extract_parameters(passwords.DECOY) == found


def test_a_password_matches_its_hash_from_every_keyboard_and_no_other() -> None:
    made = passwords.hash_of("ﾊﾟｽﾜｰﾄﾞ １２３ cafe\u0301")
    assert passwords.matches(made, "パスワード 123 caf\u00e9")
    for other in (" パスワード 123 café", "パスワード 123 cafe", "パスワード 123 CAFÉ", ""):
        assert not passwords.matches(made, other)


def test_a_long_password_counts_to_its_last_character() -> None:
    made = passwords.hash_of("x" * 999 + "y")
    assert passwords.matches(made, "x" * 999 + "y")
    assert not passwords.matches(made, "x" * 1_000)
    assert not passwords.matches(made, "x" * 999 + "yz")
    assert not passwords.matches(made, "x" * 999 + "y" * 1_000_000)


def test_what_is_no_hash_matches_nothing() -> None:
    for spoilt in ("", "no hash", "$argon2id$v=19$m=65536,t=3,p=4$spoilt"):
        assert not passwords.matches(spoilt, "password")


@pytest.mark.parametrize(
    "password",
    ["password", "12345678", "iloveyou", "ILOVEYOU", "ｐａｓｓｗｏｒｄ", "trustno1", "baseball"],
)
def test_o06_well_known_passwords_are_refused(password: str) -> None:
    with pytest.raises(PasswordCommon) as refused:
        check(password)
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        "!!!!!!!!!!!!",
        "!@#$%^&*()",
        "qwertyuiop[]",
        "asdfghjkl;'",
        "20240820",
        "aaaabbbb",
        "abcdefgh",
    ],
)
def test_o06_rows_of_symbols_and_keys_dates_and_repetitions_are_refused(password: str) -> None:
    with pytest.raises((PasswordGuessable, PasswordCommon)):
        check(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "seven maples by the river",
        "川沿いに七本のかえで",
        "x7$kQ9!mZ2",
        "winter boats sleep under snow and nobody counts them until the ice has gone " * 3,
    ],
)
def test_o06_long_phrases_of_ordinary_words_are_accepted(password: str) -> None:
    check(password)


def test_o06_a_short_one_is_refused_whatever_is_in_it() -> None:
    with pytest.raises(PasswordTooShort):
        check("x7$kQ9!")
    with pytest.raises(PasswordTooShort):
        passwords.check("x7$kQ9!mZ2", has_second_factor=False, context=OWN)


def test_the_shipped_list_has_the_3000_most_used_and_more() -> None:
    assert len(passwords.common()) >= 3_000
    assert {"password", "123456", "qwerty"} <= passwords.common()


@pytest.mark.parametrize("hard", ["ab1 ", "p@$$w0rd", "4@8({[<3690!1|7$5+%2z", "19991999"])
def test_an_estimate_of_a_very_long_one_takes_no_time(hard: str) -> None:
    # The work of this thread alone, however busy the machine is.
    begun = time.thread_time()
    with suppress(PasswordGuessable):
        check((hard * 250)[:1_000])
    assert time.thread_time() - begun < 4


class Hold:
    """Comparisons that last until they are let go, so that others find the room taken."""

    def __init__(self, *addresses: str) -> None:
        self._go, self._addresses = Event(), addresses
        self._threads = [Thread(target=self._stay, args=(one,)) for one in addresses]

    def _stay(self, address: str) -> None:
        with passwords._in_turn(address):
            self._go.wait(30)

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()
        while passwords._rooms[""].total() < len(self._addresses):
            time.sleep(0.001)

    def __exit__(self, *_raised: object) -> None:
        self._go.set()
        for thread in self._threads:
            thread.join()


def test_so_many_are_compared_at_once_and_no_more_wait() -> None:
    with Hold(*(f"192.0.2.{number}" for number in range(ROOM))):
        with pytest.raises(Busy):
            passwords.matches(passwords.DECOY, "password", address="198.51.100.1")
        with pytest.raises(Busy):
            passwords.hash_of("password")
    assert not passwords._rooms[""]
    assert passwords.hash_of("password")


def test_one_address_never_takes_all_the_room() -> None:
    assert SHARE < ROOM
    with Hold(*["192.0.2.7"] * SHARE), pytest.raises(Busy):
        passwords.matches(passwords.DECOY, "password", address="192.0.2.7")
    with Hold("192.0.2.7"):
        assert not passwords.matches(passwords.DECOY, "password", address="198.51.100.1")


def test_many_at_once_are_answered_and_argon2_runs_bounded() -> None:
    """Some are compared, the others are told to wait; nobody hangs."""

    def attempt(number: int) -> str:
        try:
            return str(passwords.matches(passwords.DECOY, "password", address=f"192.0.2.{number}"))
        except Busy:
            return "busy"

    begun = time.perf_counter()
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(attempt, range(60)))
    assert set(answers) == {"False", "busy"}
    assert answers.count("False") >= AT_ONCE
    assert time.perf_counter() - begun < 20
    assert not passwords._rooms[""]
