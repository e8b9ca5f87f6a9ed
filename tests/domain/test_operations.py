"""The log's words: every operation that is written has them, each in one group."""

import ast
from collections import Counter
from pathlib import Path

from app.domain import announcements, ledger, operations, requests
from app.domain.operations import GROUP_NAMES, OPERATIONS, Group
from app.domain.text import Text

VERBS = Path(__file__).parents[2] / "app" / "registry"


def test_every_group_has_a_name_and_operations() -> None:
    assert set(GROUP_NAMES) == set(OPERATIONS) == set(Group)
    assert all(OPERATIONS.values())


def test_an_operation_is_in_one_group() -> None:
    counted = Counter(operation for group in OPERATIONS.values() for operation in group)
    assert max(counted.values()) == 1


def test_every_operation_that_a_verb_names_has_words() -> None:
    known = {operation for group in OPERATIONS.values() for operation in group}
    named = {
        call.args[1].value
        for path in VERBS.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "logs.done"
        and isinstance(call.args[1], ast.Constant)
    }
    assert len(named) > 10
    assert named <= known


def test_what_is_made_of_a_kind_has_words_for_each_of_them() -> None:
    made = {
        *(f"propose {kind}" for kind in ledger.Kind),
        *(f"{event} transaction" for event in ledger.Event if event is not ledger.Event.TERMINATE),
        *(f"announce {kind}" for kind in announcements.Kind),
        *(
            f"{what} {kind}"
            for what in ("ask for", "approved", "rejected", "withdrawn")
            for kind in requests.Kind
        ),
    }
    assert not {one for one in made if operations.name(one).en == one}


def test_an_operation_of_an_earlier_version_is_its_own_name() -> None:
    assert operations.name("turn the key") == Text("turn the key", "turn the key")
