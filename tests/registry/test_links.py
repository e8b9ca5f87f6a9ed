"""Links and letters as rows: kept as hashes, good once and for a time, the newest alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.people_errors import LinkDead
from app.domain.requests import Delivery
from app.registry import links
from app.registry.logs import Origin
from app.registry.vaults import Vault
from app.store.tables import AccessEntry, Link, Mail, User
from app.store.tables.credentials import Purpose
from tests.stages import refused
from tests.world import NOW, World

ORIGIN = Origin("192.0.2.1", "Firefox, Windows")


def made(stage: Session, user_id: int, purpose: Purpose = Purpose.PASSWORD) -> str:
    user = stage.get_one(User, user_id)
    return links.make(stage, user, purpose, origin=ORIGIN, now=NOW)


def test_of_a_link_only_its_hash_is_kept(stage: Session, cast: World) -> None:
    secret = made(stage, cast.outsider)
    link = links.find(stage, secret, now=NOW)
    assert secret.encode() not in link.secret_hash
    assert len(link.secret_hash) == 32
    assert len(secret) >= 43, "256 bits"


def test_a_mailed_link_lies_sealed_in_the_mail(stage: Session, cast: World) -> None:
    vault = Vault("for tests only")
    secret = links.send(
        stage,
        stage.get_one(User, cast.outsider),
        Purpose.PASSWORD,
        address="outsider@example.com",
        vault=vault,
        origin=ORIGIN,
        now=NOW,
    )
    mail = stage.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
    assert mail.address == "outsider@example.com"
    assert mail.sealed is not None
    assert secret.encode() not in mail.sealed
    assert vault.open(mail.sealed, "mail") == secret.encode()


@pytest.mark.parametrize(
    ("delivery", "life"), [(Delivery.LINK, timedelta(hours=24)), (Delivery.LETTER, timedelta(21))]
)
def test_a_link_lives_for_24_hours_and_a_letter_for_21_days(
    stage: Session, cast: World, delivery: Delivery, life: timedelta
) -> None:
    user = stage.get_one(User, cast.outsider)
    if delivery is Delivery.LINK:
        secret = made(stage, user.id)
    else:
        letter = links.print_letter(stage, user, Purpose.PASSWORD, origin=ORIGIN, now=NOW)
        secret = letter.code
        assert letter.expires_at == NOW + life
    links.find(stage, secret, now=NOW + life - timedelta(seconds=1))
    with refused(stage, LinkDead):
        links.find(stage, secret, now=NOW + life)


def test_a_link_is_good_once(stage: Session, cast: World) -> None:
    secret = made(stage, cast.outsider)
    links.use(stage, secret, {Purpose.PASSWORD}, origin=ORIGIN, now=NOW)
    with refused(stage, LinkDead):
        links.use(stage, secret, {Purpose.PASSWORD}, origin=ORIGIN, now=NOW)
    with refused(stage, LinkDead):
        links.find(stage, secret, now=NOW)
    used = select(AccessEntry.outcome).order_by(AccessEntry.id.desc()).limit(1)
    assert stage.scalars(used).one() == "link_used"


def test_a_link_leads_where_it_was_made_for(stage: Session, cast: World) -> None:
    secret = made(stage, cast.outsider, Purpose.EMAIL)
    with pytest.raises(LinkDead):
        links.use(stage, secret, {Purpose.PASSWORD}, origin=ORIGIN, now=NOW)


def test_a_newer_one_voids_all_that_lead_to_a_password(stage: Session, cast: World) -> None:
    first = made(stage, cast.outsider, Purpose.ACTIVATION)
    elsewhere = made(stage, cast.outsider, Purpose.EMAIL)
    letter = links.print_letter(
        stage, stage.get_one(User, cast.outsider), Purpose.PASSWORD, origin=ORIGIN, now=NOW
    )
    another = made(stage, cast.outsider_colleague)
    with refused(stage, LinkDead):
        links.find(stage, first, now=NOW)
    last = made(stage, cast.outsider, Purpose.SECOND_FACTOR)
    with refused(stage, LinkDead):
        links.find(stage, letter.code, now=NOW)
    for alive in (last, elsewhere, another):
        links.find(stage, alive, now=NOW)


def test_a_letters_code_is_typed_as_people_type(stage: Session, cast: World) -> None:
    letter = links.print_letter(
        stage, stage.get_one(User, cast.outsider), Purpose.PASSWORD, origin=ORIGIN, now=NOW
    )
    groups = letter.code.split("-")
    assert [len(group) for group in groups] == [5] * 5
    assert not set("".join(groups)) & set("01OIL"), "what is mistaken for another"
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in "".join(groups))
    for typed in (
        letter.code,
        letter.code.lower(),
        "".join(groups),
        " ".join(groups),
        "ー".join(groups),
        "‐".join(groups),
        wide,
        f"  {letter.code}\n",
    ):
        assert links.find(stage, typed, now=NOW).id == letter.link_id
    for typed in (letter.code[:-1], letter.code + "A", "", "-", "no such"):
        with pytest.raises(LinkDead):
            links.find(stage, typed, now=NOW)


def test_voiding_ends_what_is_asked_and_nothing_else(stage: Session, cast: World) -> None:
    password, address = (
        made(stage, cast.outsider, purpose) for purpose in (Purpose.PASSWORD, Purpose.EMAIL)
    )
    links.void(stage, cast.outsider, now=NOW, purposes={Purpose.EMAIL})
    links.find(stage, password, now=NOW)
    with refused(stage, LinkDead):
        links.find(stage, address, now=NOW)
    links.void(stage, cast.outsider, now=NOW)
    alive = select(Link).where(Link.user_id == cast.outsider, Link.void_at.is_(None))
    assert not stage.scalars(alive).all()
