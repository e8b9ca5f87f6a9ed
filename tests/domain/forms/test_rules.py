"""Rules that cross the items of a form."""

from datetime import date, timedelta

from app.domain import forms
from app.domain.errors import Refusal, RepresentativesMissing
from app.domain.form_errors import DateImplausible, SamePerson
from app.domain.forms import examples, rules
from app.domain.forms.rules import AHEAD_MAX
from app.domain.forms.spec import Applicant
from app.domain.roles import Right

OPENING = forms.latest(1)
CHANGE = forms.latest(2)
TODAY = date(2026, 4, 1)
DOMESTIC = Applicant.DOMESTIC


def opening(**persons: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return a complete opening with some items of its users given otherwise."""
    filled = examples.filled(OPENING, DOMESTIC)
    for key, given in persons.items():
        like = filled["person_1"] | {"email": f"{key}@mihon.example"}
        filled[key] = filled.get(key, like) | given
    return filled


def wrong(filled: dict[str, dict[str, str]]) -> list[tuple[type[Refusal], str]]:
    found = rules.wrong(OPENING, DOMESTIC, filled, begun=TODAY)
    return [(type(one), one.field) for one in found]


def test_case_120_the_users_of_an_account_are_different_persons() -> None:
    same = opening()["person_1"]["email"]
    assert wrong(opening(person_2={"email": same})) == [(SamePerson, "section:person_2")]
    assert wrong(opening(person_2={"email": same.upper()})) == [(SamePerson, "section:person_2")]
    login = {"login_id": "JP0000000046"}
    assert wrong(opening(person_1=login, person_2=login)) == [(SamePerson, "section:person_2")]
    thrice = opening(person_2={"email": same}, person_4={"email": same})
    assert [field for _, field in wrong(thrice)] == ["section:person_2", "section:person_4"]
    assert wrong(opening(person_1={"login_id": ""}, person_2={"login_id": ""})) == []


def test_case_120_and_124_a_user_missing_is_named_by_its_section_and_nothing_else() -> None:
    for missing in ("person_1", "person_2"):
        alone = {key: given for key, given in opening().items() if key != missing}
        assert wrong(alone) == []
        assert missing in rules.problems(OPENING, DOMESTIC, alone)


def test_case_124_the_users_together_propose_and_approve() -> None:
    for first in Right:
        for second in Right:
            rights = {first, second}
            both = rights == {Right.BOTH}
            acting = rights & {Right.PROPOSE, Right.BOTH} and rights & {Right.APPROVE, Right.BOTH}
            is_workable = both or (acting and Right.READ not in rights)
            found = wrong(opening(person_1={"right": first}, person_2={"right": second}))
            expected = [] if is_workable else [(RepresentativesMissing, "section:person_1")]
            assert found == expected, (first, second)
    reading = {"right": "read"}
    assert wrong(opening(person_1=reading, person_2=reading, person_5={"right": "both"})) != []
    third = opening(person_1=reading, person_3={"right": "propose"})
    assert wrong(third) == []


def test_rights_are_not_judged_before_every_user_is_complete() -> None:
    assert wrong(opening(person_1={"right": "read"}, person_2={"name_en": ""})) == []
    assert wrong(opening(person_1={"right": "nonsense"})) == []


def test_users_are_named_by_their_places() -> None:
    filled = opening(person_4={"right": "read"}) | {"person_3": {"name_en": ""}}
    assert rules.persons(filled).keys() == {1, 2, 4}
    assert rules.persons({}) == {}


def test_a_change_is_dated_within_a_year_ahead() -> None:
    filled = examples.filled(CHANGE, DOMESTIC)
    for day, is_wrong in (
        (TODAY + AHEAD_MAX, False),
        (TODAY + AHEAD_MAX + timedelta(days=1), True),
        (date(1990, 1, 1), False),
    ):
        filled["reason"]["changed_on"] = day.isoformat()
        found = rules.wrong(CHANGE, DOMESTIC, filled, begun=TODAY)
        expected = [(DateImplausible, "section:reason")] if is_wrong else []
        assert [(type(one), one.field) for one in found] == expected
    filled["reason"]["changed_on"] = "soon"
    assert rules.wrong(CHANGE, DOMESTIC, filled, begun=TODAY) == []
    assert rules.wrong(CHANGE, DOMESTIC, {}, begun=TODAY) == []


def test_a_change_of_what_is_proven_needs_its_paper_and_another_does_not() -> None:
    expected = {
        Applicant.DOMESTIC: "registered_matters",
        Applicant.FOREIGN: "proof_of_change",
        Applicant.INDIVIDUAL: "proof_of_change",
    }
    for applicant, paper in expected.items():
        filled = examples.filled(CHANGE, applicant)
        recorded = {key: given for key, given in filled.items() if key != "reason"}
        asked = {
            key: [one.key for one in rules.needed(CHANGE, applicant, filled, recorded | {key: {}})]
            for key in recorded
        }
        proven = {"holder", "signatory", "head_office", "project_office"}
        assert asked == {key: [paper] if key in proven else [] for key in recorded}


def test_the_papers_of_an_opening_are_those_of_the_applicant() -> None:
    def needed(applicant: Applicant) -> list[str]:
        filled = examples.filled(OPENING, applicant)
        return [one.key for one in rules.needed(OPENING, applicant, filled, {})]

    assert needed(DOMESTIC) == ["registered_matters", "seal_certificate", "identity_of_users"]
    abroad = ["incorporation", "signature_certificate", "identity_of_users"]
    assert needed(Applicant.FOREIGN) == abroad
    assert needed(Applicant.INDIVIDUAL) == ["identity", "identity_of_users"]
