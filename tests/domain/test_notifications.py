"""Notifications: every kind has its words in both languages, filled with the facts."""

import re
from datetime import timedelta, timezone

import pytest

from app.domain import ledger, notifications
from app.domain.ledger import Status
from app.domain.notifications import PREFIX, TOPICS, Kind, Topic

#: Facts of every name that a detail may use; pairs say it in each language.
FACTS: dict[str, object] = {
    "number": "JP0000000012",
    "quantity": 1_234_567,
    "source": "JP-121-000001-0-47",
    "target": "JP-121-000002-0-46",
    "ended": ("rejected", "却下"),
    "account": "JP-121-000001-0-47",
    "before": ("Open", "開設済み"),
    "after": ["Suspended", "利用停止"],
    "request": ("Change a right", "権限の変更"),
    "person": ("Hanako Aoba", "青葉 花子"),
    "name": "Phone",
    "left": 9,
    "device": "Firefox, Windows",
    "address": "192.0.2.7",
    "failures": 5,
    "minutes": 15,
    "form": ("Form 1", "様式第1"),
    "due": "2026-12-02T16:30:00+00:00",
    "documents": 3,
    "at": ("10:00 24/11/2026", "2026年11月24日 10:00"),
}
SECRET_LINKS = {kind for kind in Kind if kind.value.endswith("_link")}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_notification_has_title_and_detail_in_both_languages(kind: Kind) -> None:
    title, detail = notifications.title(kind), notifications.detail(kind, FACTS)
    assert title.en.startswith("[JCM Registry System] ") and title.en != PREFIX.en
    assert title.ja.startswith("【JCM登録簿システム】") and title.ja != PREFIX.ja
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", title.ja.removeprefix(PREFIX.ja))
    assert not re.search(r"[ぁ-んァ-ヶ一-龠]", title.en + detail.en)
    assert not {"{", "}"} & {*detail.en, *detail.ja}


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (Kind.ACCOUNT_OPENED, "Notification of opening account"),
        (Kind.LOGIN_ID_REISSUED, "Notification of reissuing login ID and password"),
        (Kind.PASSWORD_INITIALISED, "Notification of password initialization"),
        (Kind.ISSUANCE_COMPLETED, "Notification of completion of credit issuance"),
    ],
)
def test_the_titles_are_those_of_the_present_registry(kind: Kind, title: str) -> None:
    assert notifications.title(kind).en == f"[JCM Registry System] {title}"


def test_both_languages_use_the_same_facts() -> None:
    for kind in Kind:
        said = notifications._WORDS[kind][1]
        fields = [set(re.findall(r"{(\w+)", text)) for text in (said.en, said.ja)]
        assert fields[0] == fields[1] <= set(FACTS), kind


def test_a_detail_takes_each_fact_in_its_own_language() -> None:
    said = notifications.detail(Kind.ACCOUNT_STATE_CHANGED, FACTS)
    assert "“Open” to “Suspended”" in said.en
    assert "「開設済み」から「利用停止」" in said.ja
    moved = notifications.detail(Kind.TRANSFER_COMPLETED, FACTS)
    assert "1,234,567 tCO₂" in moved.en and "1,234,567 tCO₂" in moved.ja


@pytest.mark.parametrize("kind", sorted(SECRET_LINKS))
def test_a_mail_with_a_link_names_nobody_and_nothing(kind: Kind) -> None:
    assert notifications.detail(kind, {}) == notifications.detail(kind, FACTS)
    is_visitors = kind is Kind.APPLICATION_LINK
    assert TOPICS[kind] is (Topic.APPLICATIONS if is_visitors else Topic.SECURITY)


#: What crosses between registries is told of as a transfer, and as a receipt.
TOLD_BY_ITSELF = [
    kind
    for kind in ledger.Kind
    if kind not in {ledger.Kind.EXTERNAL_TRANSFER, ledger.Kind.ACQUISITION}
]


@pytest.mark.parametrize("moved", TOLD_BY_ITSELF)
@pytest.mark.parametrize("status", list(Status))
def test_a_movement_is_told_in_every_status(moved: ledger.Kind, status: Status) -> None:
    kind = notifications.movement(moved, status)
    phase = {Status.PROPOSED: "proposed", Status.COMPLETED: "completed"}.get(status, "ended")
    assert kind.value == f"{moved.value}_{phase}"
    if phase == "ended":
        assert all(notifications.ending(status))


def test_every_kind_has_its_topic_and_every_topic_its_kinds_and_name() -> None:
    assert set(TOPICS) == set(Kind)
    assert set(TOPICS.values()) == set(Topic) == set(notifications.TOPIC_NAMES)
    assert TOPICS[Kind.TRANSFER_RECEIVED] is Topic.CREDITS
    assert TOPICS[Kind.ACCOUNT_OPENED] is Topic.ACCOUNTS
    assert TOPICS[Kind.RIGHT_CHANGED] is Topic.PEOPLE
    assert TOPICS[Kind.NEW_DEVICE] is Topic.SECURITY


def test_a_deadline_is_the_day_where_the_registry_is() -> None:
    kind = Kind.APPLICATION_SUBMITTED
    tokyo = notifications.detail(kind, FACTS, timezone(timedelta(hours=9)))
    assert "03/12/2026" in tokyo.en and "2026年12月3日" in tokyo.ja
    assert "02/12/2026" in notifications.detail(kind, FACTS).en
