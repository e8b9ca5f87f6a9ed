"""A visitor's links: good for 90 days, one at a time, kept as hashes, and never sent nowhere."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.applications import Status
from app.domain.errors import Required
from app.domain.notifications import Kind
from app.domain.people_errors import NotAnEmail, TooManyAttempts
from app.registry import applications, resumptions, vaults
from app.registry.effects import Setting
from app.registry.filling import Filler
from app.registry.logs import Origin
from app.store.tables import Application, Mail, Resumption
from tests import applying, powers
from tests.applying import VISITOR, fill, save, submit, visited
from tests.powers import SETTING
from tests.stages import refused
from tests.world import NOW, World


def leads(session: Session, secret: str, *, after: timedelta = timedelta()) -> int | None:
    return resumptions.leads_to(session, secret, now=NOW + after)


def test_a_link_is_good_for_ninety_days_and_voided_by_a_newer_one(
    stage: Session, cast: World
) -> None:
    made, by = visited(stage)
    assert leads(stage, by.secret, after=resumptions.LIFE - timedelta(seconds=1)) == made.id
    assert leads(stage, by.secret, after=resumptions.LIFE) is None
    newer = resumptions.make(stage, made, now=NOW)
    assert (leads(stage, by.secret), leads(stage, newer)) == (None, made.id)
    assert leads(stage, "") is None


def test_only_the_hash_of_a_link_is_kept_and_the_mail_is_sealed(
    stage: Session, cast: World
) -> None:
    _made, by = visited(stage)
    link = stage.scalars(select(Resumption)).one()
    assert link.secret_hash == vaults.hashed(by.secret)
    mail = stage.scalars(select(Mail)).one()
    assert (mail.address, mail.language, mail.path) == (VISITOR, "ja", resumptions.PATH)
    assert by.secret.encode() not in (mail.sealed or b"")
    assert SETTING.vault.open(mail.sealed or b"", "mail") == by.secret.encode()


def test_a_link_lives_on_after_submission_and_each_mail_brings_a_fresh_one(
    stage: Session, cast: World
) -> None:
    made, by = visited(stage)
    fill(stage, made, by=by)
    submit(stage, made, by=by)
    mail = stage.scalars(select(Mail).order_by(Mail.id.desc())).first()
    assert mail is not None
    assert mail.kind is Kind.APPLICATION_SUBMITTED
    mailed = (SETTING.vault.open(mail.sealed or b"", "mail") or b"").decode()
    assert leads(stage, mailed) == leads(stage, by.secret) == made.id
    applications.withdraw(
        stage, made.id, reason="", by=Filler(secret=mailed), setting=SETTING, now=NOW
    )
    assert (leads(stage, mailed), leads(stage, by.secret)) == (made.id, None)


def test_nothing_is_sent_to_where_the_people_of_the_demonstration_live(
    stage: Session, cast: World
) -> None:
    made, by = visited(stage, email="hanako@aoba.EXAMPLE")
    assert leads(stage, by.secret) == made.id
    assert powers.mails(stage) == []


def test_links_are_sent_anew_to_the_address_and_nobody_learns_whether_any_were(
    stage: Session, cast: World
) -> None:
    first, by = visited(stage)
    second, _by = visited(stage)
    gone, gone_by = visited(stage)
    applications.discard(stage, gone.id, by=gone_by, now=NOW)
    visited(stage, email="other@example.com")
    before = len(powers.mails(stage))
    for asked in ("nobody@example.com", VISITOR.upper()):
        resumptions.send_again(stage, asked, setting=SETTING, now=NOW)
    assert powers.mails(stage)[before:] == [(VISITOR, "application_link", True)] * 2
    assert leads(stage, by.secret) is None
    assert {first.id, second.id} == {
        link.application_id
        for link in stage.scalars(select(Resumption).order_by(Resumption.id.desc()).limit(2))
    }
    for typed, refusal in (("", Required), ("nobody", NotAnEmail)):
        with refused(stage, refusal, field="email"):
            resumptions.send_again(stage, typed, setting=SETTING, now=NOW)


def test_an_ended_application_is_shown_for_ninety_days_more(stage: Session, cast: World) -> None:
    made, by = visited(stage)
    fill(stage, made, by=by)
    submit(stage, made, by=by)
    applications.withdraw(stage, made.id, reason="", by=by, setting=SETTING, now=NOW)
    count = len(powers.mails(stage))
    for after in (resumptions.LIFE - timedelta(days=1), resumptions.LIFE):
        resumptions.send_again(stage, VISITOR, setting=SETTING, now=NOW + after)
    assert len(powers.mails(stage)) == count + 1


def test_asking_too_often_sends_nothing_and_looks_the_same(stage: Session, cast: World) -> None:
    visited(stage)
    elsewhere = [
        Setting(SETTING.registry, SETTING.vault, Origin(f"192.0.2.{place}")) for place in range(9)
    ]
    for setting in elsewhere:
        resumptions.send_again(stage, VISITOR, setting=setting, now=NOW)
    assert len(powers.mails(stage)) == resumptions.FOR.failures
    later = NOW + resumptions.FOR.wait
    resumptions.send_again(stage, VISITOR, setting=SETTING, now=later)
    assert len(powers.mails(stage)) == resumptions.FOR.failures + 1
    for place in range(resumptions.FROM.failures):
        asked = f"visitor-{place}@example.com"
        try:
            resumptions.send_again(stage, asked, setting=SETTING, now=later)
        except TooManyAttempts:
            break
    with pytest.raises(TooManyAttempts):
        resumptions.send_again(stage, VISITOR, setting=SETTING, now=later)


def test_somebody_signed_in_has_no_link(stage: Session, cast: World) -> None:
    made = applying.submitted(stage, cast)
    assert stage.scalars(select(Resumption)).all() == []
    stage.execute(update(Application).where(Application.id == made.id).values(email=VISITOR))
    resumptions.send_again(stage, VISITOR, setting=SETTING, now=NOW)
    assert stage.scalars(select(Resumption)).all() == []


def test_so_many_are_begun_for_one_mail_address_and_from_one_internet_address(
    stage: Session, cast: World
) -> None:
    for _ in range(resumptions.FOR.failures):
        visited(stage)
    with refused(stage, TooManyAttempts, minutes=60, field="email"):
        visited(stage, email=VISITOR.upper().replace("EXAMPLE.COM", "example.com"))
    for place in range(resumptions.FROM.failures - resumptions.FOR.failures):
        visited(stage, email=f"visitor-{place}@example.com")
    with refused(stage, TooManyAttempts):
        visited(stage, email="somebody-else@example.com")


def test_a_visitor_fills_in_hands_in_and_corrects_with_one_link(
    stage: Session, cast: World
) -> None:
    made, by = visited(stage)
    fill(stage, made, by=by)
    submit(stage, made, by=by)
    assert submit(stage, made, by=by).status is Status.SUBMITTED
    assert resumptions.leads_to(stage, by.secret, now=NOW) == made.id, "it is at work with it"
    made.status = Status.RETURNED
    stage.flush()
    save(stage, made, "contact", made.answers["contact"] | {"telephone": "03-1111-1111"}, by=by)
    assert submit(stage, made, by=by).status is Status.SUBMITTED
    assert {kind for _to, kind, _sealed in powers.mails(stage)} == {
        "application_link",
        "application_submitted",
    }
