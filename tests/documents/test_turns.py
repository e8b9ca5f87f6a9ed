"""Turns are a registry's own: whoever waits, waits for its own work alone."""

from app.documents.turns import WHOSE, Turns


def test_what_one_registry_keeps_busy_holds_up_no_other() -> None:
    turns = Turns(1)
    token = WHOSE.set("JP")
    try:
        assert turns.own().acquire(blocking=False)
        assert not turns.own().acquire(blocking=False)
        WHOSE.set("MN")
        assert turns.own().acquire(blocking=False)
        turns.own().release()
        WHOSE.set("JP")
        turns.own().release()
        assert turns.own().acquire(blocking=False)
    finally:
        WHOSE.reset(token)
