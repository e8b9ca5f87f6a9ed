"""The demo of Mongolia: its own people, marked as such, and what they leave to be done."""

from collections.abc import Generator
from typing import NamedTuple

import pytest
from sqlalchemy import select

from app.domain.ledger import Kind, Status
from app.domain.roles import Role
from app.registry.load_runs import SignIn
from app.registry.published import rows
from app.store.databases import Database
from app.store.tables import Application, Holder, News, Request, Transaction, User
from tests import databases, mongolia


class Loaded(NamedTuple):
    """A registry after one run, and the sign-ins that the run returned."""

    database: Database
    sign_ins: list[SignIn]


@pytest.fixture(scope="module")
def loaded() -> Generator[Loaded]:
    with databases.fresh("sqlite") as database:
        yield Loaded(database, mongolia.loaded(database))


def test_each_role_has_somebody_who_signs_in_and_everyone_is_marked(loaded: Loaded) -> None:
    logins = {one.login_id for one in loaded.sign_ins}
    japanese = {line["login_id"] for line in rows("demo_people", "JP") if line["role"]}
    assert japanese < logins and len(logins) == 9
    with loaded.database.reading() as session:
        people = session.scalars(select(User).where(User.is_demo)).all()
        assert {one.role for one in people if one.role} == set(Role)
        assert all("(demo)" in one.name_en and "デモ" in one.name_ja for one in people)
        assert all(one.language == "en" for one in people)
        holders = session.scalars(select(Holder).where(Holder.is_demo)).all()
        assert len(holders) == 3
        # There is no Japanese name: pages show the English one.
        assert all("(demo)" in one.name_en and one.name_ja is None for one in holders)


def test_the_story_is_no_fact_and_leaves_something_to_decide(loaded: Loaded) -> None:
    with loaded.database.reading() as session:
        query = select(Transaction).where(Transaction.kind != Kind.ISSUANCE)
        told = session.scalars(query).all()
        assert all(one.remark and "デモ" in one.remark for one in told)
        assert [one.quantity for one in told if one.status is Status.PROPOSED] == [100]
        assert session.scalars(select(Request.status)).all() == ["waiting"]
        applications = session.scalars(select(Application).order_by(Application.id)).all()
        assert [(one.form, one.status, one.language) for one in applications] == [
            (3, "submitted", "en"),
            (2, "draft", "en"),
        ]
        # They are in the forms of this registry.
        assert {one.version for one in applications} == {131401}
        # What is recorded of a Mongolian holder is what its form asks for: nothing in Japanese.
        assert not any(key.endswith("_ja") for key in applications[1].answers["head_office"])


def test_the_news_say_what_is_fact_in_both_languages(loaded: Loaded) -> None:
    with loaded.database.reading() as session:
        pieces = session.scalars(select(News)).all()
        assert len(pieces) == 2
        assert all("(demo)" in one.title_en and "デモ" in one.title_ja for one in pieces)
        assert any("25,869" in one.text_en and "25,869" in one.text_ja for one in pieces)
