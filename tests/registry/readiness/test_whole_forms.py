"""An application waits for what its parts ask of each other, beside each part's own items."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain import forms
from app.domain.errors import RepresentativesMissing
from app.domain.form_errors import DateImplausible, DocumentMissing, SamePerson
from app.domain.forms import examples
from app.domain.forms.rules import AHEAD_MAX
from app.domain.forms.spec import Applicant
from app.registry import applications
from app.store.tables import Application
from tests.applying import attach, begun, submit
from tests.stages import refused
from tests.world import NOW, World


def missing(stage: Session, made: Application) -> list[tuple[type, str]]:
    stage.flush()
    return [(type(one), one.field) for one in applications.unready(stage, made)]


def test_case_120_and_124_people_who_cannot_act_together_open_no_account(
    stage: Session, cast: World
) -> None:
    made, form = begun(stage, cast, 1), forms.latest(1)
    complete = examples.filled(form, Applicant.DOMESTIC)
    first, second = complete["person_1"], complete["person_2"]
    for document in ("registered_matters", "seal_certificate", "identity_of_users"):
        attach(stage, made, document)
    made.answers = complete | {"person_2": second | {"email": first["email"]}}
    assert missing(stage, made) == [(SamePerson, "section:person_2")]
    with refused(stage, SamePerson, field="section:person_2"):
        submit(stage, made)
    made.answers = complete | {"person_2": second | {"right": "propose"}}
    assert missing(stage, made) == [(RepresentativesMissing, "section:person_1")]
    with refused(stage, RepresentativesMissing, field="section:person_1"):
        submit(stage, made)
    made.answers = complete
    assert missing(stage, made) == []


def test_a_change_is_dated_in_reach_and_proven_where_it_must_be(
    stage: Session, cast: World
) -> None:
    made, form = begun(stage, cast, 2), forms.latest(2)
    complete = examples.filled(form, Applicant.DOMESTIC)
    made.before = {key: given for key, given in complete.items() if key != "reason"}
    moved = complete["head_office"] | {"address_en": "Another street, Tokyo, Japan"}
    made.answers = complete | {"head_office": moved}
    assert missing(stage, made) == [(DocumentMissing, "document:registered_matters")]
    made.answers = complete | {"contact": {"telephone": "03-1111-1111", "email": "a@aoba.example"}}
    assert missing(stage, made) == []
    too_far = (NOW + AHEAD_MAX + timedelta(days=2)).date().isoformat()
    made.answers = made.answers | {"reason": {"reason": "Moving.", "changed_on": too_far}}
    assert missing(stage, made) == [(DateImplausible, "section:reason")]
