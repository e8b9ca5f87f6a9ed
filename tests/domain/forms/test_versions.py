"""The forms as they are published, and the seal on every version that was ever in use."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest

from app.domain import forms
from app.domain.forms.record import RECORD
from app.domain.forms.spec import Applicant, Field, Form, Kind
from app.domain.text import Text

#: Drafts and applications were written in these. A version is never edited: what changes makes
#: another version, which is added to its form and here.
DIGESTS = {
    "1.1": "6b037466ad86c5f0",
    "2.1": "1c0feda6b04e6265",
    "3.1": "2797309b4d63cb5c",
    "4.1": "d234a0c501e85348",
    "5.1": "e79f6476bd9c3f72",
}

#: Number, name, titles and day of the latest update, as the procedures page has them.
PUBLISHED = [
    (
        1,
        "様式第一",
        "Application form for opening an entity holding account",
        "法人保有口座の開設申請書",
        date(2015, 11, 13),
    ),
    (
        2,
        "様式第二",
        "Application form for changing entity account information",
        "記録事項の変更申請書",
        date(2015, 11, 13),
    ),
    (
        3,
        "様式第三",
        "Application form for issuing a certificate of entity account information",
        "法人保有口座に記録されている事項を証明した書面の交付申請書",
        date(2015, 11, 13),
    ),
    (
        4,
        "様式第四",
        "Application form for closing an entity holding account",
        "法人保有口座の閉鎖申請書",
        date(2015, 11, 13),
    ),
    (
        5,
        "様式第五",
        "Application form for reissuing/initializing login ID & password",
        "ログインID・パスワード再発行/初期化申請書",
        date(2019, 8, 26),
    ),
]


def every() -> Iterator[Form]:
    return (form for versions in forms.VERSIONS.values() for form in versions)


def fields(form: Form) -> Iterator[Field]:
    return (field for section in form.sections for field in section.fields)


def digest(form: Form) -> str:
    def plain(value: Any) -> Any:
        return sorted(value) if isinstance(value, frozenset) else str(value)

    text = json.dumps(asdict(form), ensure_ascii=False, sort_keys=True, default=plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_a_version_in_use_is_never_edited() -> None:
    assert {f"{form.number}.{form.version}": digest(form) for form in every()} == DIGESTS


def test_titles_names_and_days_are_those_published() -> None:
    found = [
        (form.number, form.name.ja, form.title.en, form.title.ja, form.updated) for form in every()
    ]
    assert found == PUBLISHED
    assert [form.name.en for form in every()] == [f"Form {number}" for number in range(1, 6)]


def test_a_version_is_found_by_its_number() -> None:
    for number, versions in forms.VERSIONS.items():
        assert [form.version for form in versions] == list(range(1, len(versions) + 1))
        assert forms.latest(number) is versions[-1]
        assert forms.edition(number, 1) is versions[0]
        with pytest.raises(KeyError):
            forms.edition(number, len(versions) + 1)
    with pytest.raises(KeyError):
        forms.latest(6)


def test_a_key_names_one_thing_and_can_stand_in_an_address() -> None:
    for form in every():
        keys = [item for applicant in Applicant for item, _ in form.items_for(applicant)]
        assert all(item.partition(":")[2].replace("_", "").isalnum() for item in keys)
        for applicant in Applicant:
            items = [item for item, _ in form.items_for(applicant)]
            assert len(items) == len(set(items))
        for section in form.sections:
            names = [field.key for field in section.fields]
            assert len(names) == len(set(names))


def test_the_checklist_is_the_sections_the_papers_and_the_points_of_the_examiner() -> None:
    items = [item for item, _ in forms.latest(4).items_for(Applicant.FOREIGN)]
    assert items == [
        "section:closure",
        "document:signature_certificate",
        "document:power_of_attorney",
        "check:authority",
        "check:no_claims",
    ]
    individual = [item for item, _ in forms.latest(1).items_for(Applicant.INDIVIDUAL)]
    assert "section:project_office" in individual
    assert not {"section:head_office", "section:department", "check:authority"} & set(individual)


def test_foreign_corporations_are_asked_for_nothing_in_japanese() -> None:
    for form in every():
        for section in form.sections_for(Applicant.FOREIGN):
            keys = {field.key for field in section.fields_for(Applicant.FOREIGN)}
            assert not [key for key in keys if key.endswith(("_ja", "_kana"))]
            assert "postal_code" not in keys


def test_what_is_recorded_in_japanese_has_its_english() -> None:
    for section in RECORD:
        for applicant in Applicant:
            keys = {field.key for field in section.fields_for(applicant)}
            for key in [one for one in keys if one.endswith("_ja")]:
                assert f"{key.removesuffix('_ja')}_en" in keys


def test_form_2_changes_every_recorded_item_that_may_change_and_no_other() -> None:
    recorded = {(section.key, field.key): field for section in RECORD for field in section.fields}
    changeable = {key for key, field in recorded.items() if field.is_changeable}
    asked = {
        (section.key, field.key)
        for section in forms.latest(2).sections
        for field in section.fields
        if section.key != "reason"
    }
    assert asked == changeable
    assert {key for _, key in recorded.keys() - asked} == {
        "corporate_number",
        "country",
        "registration_number",
    }


def test_whoever_is_named_must_consent_and_only_names_and_offices_are_published() -> None:
    for section in RECORD:
        for field in section.fields:
            is_person = field.key.startswith("person_") or (
                section.key == "signatory" and field.key.startswith("name_")
            )
            assert field.needs_consent is is_person
            if field.is_public:
                assert section.key in {"holder", "head_office", "project_office"}
    published = {field.key for section in RECORD for field in section.fields if field.is_public}
    assert published == {
        *("name_ja", "name_en", "person_ja", "person_en"),
        *("postal_code", "address_ja", "address_en"),
    }


def test_choices_and_ticks_are_what_their_kind_says() -> None:
    for form in every():
        for field in fields(form):
            assert bool(field.choices) is (field.kind is Kind.CHOICE)
            if field.hint is not None:
                assert field.hint.en.endswith(".")


def test_a_statement_keeps_its_words_from_version_to_version() -> None:
    """Answers are carried on by key: what was agreed to may not come to say something else."""
    said: dict[tuple[int, str], Text] = {}
    for form in every():
        for section in form.sections:
            for field in section.fields:
                if field.kind is Kind.TICK:
                    key = (form.number, f"{section.key}.{field.key}")
                    assert said.setdefault(key, field.label) == field.label
