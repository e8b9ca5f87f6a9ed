"""Other registries: connected under their keys, suspended and resumed, each step in the log."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.accounts import Kind, State
from app.domain.errors import AlreadyDone, NotFound, Required
from app.domain.exchange_errors import (
    AddressWithoutTls,
    MalformedAddress,
    MalformedKey,
    OwnRegistry,
)
from app.registry import peers
from app.registry.seals import Seal
from app.store import peers as questions
from app.store import verification
from app.store.tables import Account, LogEntry, Peer, User
from tests.world import NOW, World

KEY = Seal("33" * 32).public.hex()
OTHER = Seal("44" * 32)


def connected(session: Session, **changes: str) -> Peer:
    asked = {
        "code": "VN",
        "party": "VNM",
        "name_en": "Registry of Viet Nam",
        "name_ja": "ベトナム登録簿",
        "url": "https://registry.vn.example",
        "key": KEY,
    }
    return peers.connect(session, "JP", now=NOW, **(asked | changes))


def test_a_registry_that_is_connected_has_an_account_and_nobody_signs_in_as_it(
    stage: Session, cast: World
) -> None:
    peer = connected(stage)
    account, user = stage.get_one(Account, peer.account_id), stage.get_one(User, peer.user_id)
    assert (account.kind, account.state) == (Kind.EXTERNAL, State.OPEN)
    assert account.number.startswith("JP-800-")
    assert user.password_hash is None
    assert list(verification.findings(stage)) == []
    logged = stage.scalars(select(LogEntry).order_by(LogEntry.id.desc())).first()
    assert logged is not None
    assert (logged.operation, logged.subject) == ("connect registry", "VN")


def test_a_registry_is_connected_once_and_never_with_itself(stage: Session, cast: World) -> None:
    connected(stage)
    for changes, refusal in (
        ({}, AlreadyDone),
        ({"code": "JP"}, OwnRegistry),
        ({"code": "japan"}, Required),
        ({"code": "TH", "url": ""}, Required),
        ({"code": "TH", "key": "00"}, MalformedKey),
        ({"code": "TH", "key": "no digits"}, MalformedKey),
    ):
        with pytest.raises(refusal):
            connected(stage, **changes)


def test_a_key_is_added_and_retired_beside_the_others(stage: Session, cast: World) -> None:
    peer = connected(stage)
    peers.add_key(stage, "VN", OTHER.public.hex(), now=NOW)
    with pytest.raises(AlreadyDone):
        peers.add_key(stage, "VN", OTHER.public.hex(), now=NOW)
    peers.retire_key(stage, "VN", OTHER.name, now=NOW)
    with pytest.raises(AlreadyDone):
        peers.retire_key(stage, "VN", OTHER.name, now=NOW)
    with pytest.raises(NotFound):
        peers.retire_key(stage, "VN", "f" * 16, now=NOW)
    retired = [key.retired_at is not None for key in questions.keys(stage, peer.id)]
    assert retired == [False, True]


def test_letters_go_over_tls_except_on_one_machine(stage: Session, cast: World) -> None:
    peer = connected(stage)
    for url, refusal in (
        ("http://registry.example", AddressWithoutTls),
        ("HTTP://Registry.example:443/mn", AddressWithoutTls),
        ("http://localhost.example", AddressWithoutTls),
        ("http://10.0.0.1", AddressWithoutTls),
        ("http://0.0.0.0:8000", AddressWithoutTls),
        ("ftp://localhost", AddressWithoutTls),
        ("registry.example", MalformedAddress),
        ("https://", MalformedAddress),
        ("https://registry.example:0", MalformedAddress),
        ("https://registry.example:http", MalformedAddress),
        ("https://registry.example:70000", MalformedAddress),
        ("https://[::1", MalformedAddress),
        ("http://127.0.0.1@registry.example", MalformedAddress),
        ("https://registry.example?x", MalformedAddress),
        ("https://registry.example#", MalformedAddress),
        ("https://registry example", MalformedAddress),
        ("https://registry.example\n", MalformedAddress),
    ):
        with pytest.raises(refusal) as moved:
            peers.move(stage, "VN", url, now=NOW)
        with pytest.raises(refusal) as begun:
            connected(stage, code="TH", url=url)
        for one in (moved, begun):
            assert one.value.field == "url"
    stage.refresh(peer)
    assert peer.url == "https://registry.vn.example"
    for url in ("https://10.0.0.1:8443/vn/", "http://localhost:8000/vn", "http://[::1]:8000"):
        peers.move(stage, "VN", url, now=NOW)
        assert peer.url == url.rstrip("/")
    with pytest.raises(NotFound):
        peers.move(stage, "XX", "https://registry.example", now=NOW)


def test_a_registry_is_suspended_resumed_and_moved(stage: Session, cast: World) -> None:
    peer = connected(stage)
    peers.suspend(stage, "VN", reason="audit", now=NOW)
    with pytest.raises(AlreadyDone):
        peers.suspend(stage, "VN", reason="audit", now=NOW)
    assert questions.by_id(stage.connection(), peer.id).is_suspended
    peers.resume(stage, "VN", reason="audit done", now=NOW)
    peers.move(stage, "VN", "https://elsewhere.example", now=NOW)
    found = questions.by_code(stage.connection(), "VN")
    assert found is not None
    assert (found.is_suspended, found.url) == (False, "https://elsewhere.example")
    for verb in (peers.suspend, peers.resume):
        with pytest.raises(NotFound):
            verb(stage, "XX", reason="", now=NOW)
