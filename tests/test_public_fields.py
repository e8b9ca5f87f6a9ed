"""What is public is what `docs/public.md` lists: every file and answer, field by field.

And whatever is private of a registry whose secrets are known stands on none of its public pages.
"""

import csv
import gzip
import io
import json
import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import pypdf
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.config import ROOT
from app.domain import open_data, openapi
from app.domain.forms.record import RECORD
from app.domain.forms.spec import Applicant
from app.domain.ledger import Kind
from app.registry import dumps, projects
from app.store.tables import Account, Holder, HolderRecord, Transaction, User
from app.web import methodologies, partners, third_party_entities
from app.web import projects as project_pages
from tests import portal as portals
from tests import world
from tests.portal import Portal
from tests.programs import program
from tests.world import NOW

#: Public addresses that show one person's own business to whoever has a link, not to everyone.
_BY_LINK: Final = ("/applications", "/links/", "/portal/", "/sign-in", "/language/")
#: What stands for the parts of addresses.
_PLACES: Final = {
    "serial": "1",
    "reference": "MN003",
    "code": "MN",
    "number": "JP-D-0001",
    "identifier": "1",
    "form": "1",
    "applicant": "domestic",
    "day": "2026-11-02",
    "name": "manifest.json",
    "year": "2025",
    "version": "1.0",
    "ending": "json",
}
_NAMED: Final = {
    "showBlock": "1",
    "showProject": "MN003",
    "showMethodology": "MN_AM001",
    "showPartnerCountry": "MN",
    "showTransaction": "JP0000000002",
}
#: What Aoba holds is the sum of its two issuances less what it gave away, and Kaede the other way.
_BALANCES: Final = ("130,694", "130694", "50,343", "50343")
_WAITING: Final = ("4,321", "4321")


@cache
def listed() -> dict[str, set[str]]:
    """Return the fields that the list names, by address."""
    text = (ROOT / "docs" / "public.md").read_text()
    parts = re.split(r"^### `([^`]+)`$", text, flags=re.MULTILINE)[1:]
    return {
        address: set(re.findall(r"`([^`]+)`", fields.partition("\n## ")[0]))
        for address, fields in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Generator[Portal, None, None]:
    """A registry with something of everything, whose secrets are known."""
    with portals.opened("sqlite") as made:
        made.issued(123_457)
        made.issued(7_654, project=world.ITMO_PROJECT)
        made.issued(50_003, account=made.world.kaede)
        made.database.write(lambda session: _fill(session, made))
        folder = tmp_path_factory.mktemp("dumps")
        made.app.config["CLOCK"] = lambda: NOW + timedelta(days=3)
        config = made.app.config
        config["REGISTRY"] = replace(
            config["REGISTRY"], dumps=folder, api_limit="999999999 per second"
        )
        dumps.write(made.database, folder, "JP", day=date(2026, 11, 2), now=NOW)
        yield made


def _fill(session: Session, portal: Portal) -> None:
    """Move credits with secrets in every text, and record everything of the holders."""
    cast = portal.world
    projects.record_methodology(session, "MN_AM001", "1.0", partner="MN", actor=cast.operator)
    world.moved(session, cast, quantity=340, remark="Quuxremark")
    texts = {"purpose": "Quuxpurpose", "beneficiary": "Quuxbeneficiary"}
    world.moved(session, cast, Kind.VOLUNTARY_CANCELLATION, quantity=77, **texts)
    world.proposed(session, cast, quantity=4_321, remark="Quuxremark")
    for user in session.scalars(select(User)):
        values = {"name_en": f"Quuxperson{user.id}", "name_ja": f"秘密人物{user.id}"}
        values["email"] = f"quuxmail{user.id}@example.org"
        session.execute(update(User).where(User.id == user.id).values(values))
    for holder in session.scalars(select(Holder)):
        session.add(
            HolderRecord(
                holder_id=holder.id,
                applicant=Applicant.DOMESTIC,
                answers={
                    part.key: {field.key: f"Quux{part.key}{field.key}" for field in part.fields}
                    for part in RECORD
                },
                recorded_by=cast.operator,
                recorded_at=NOW,
            )
        )


def secrets(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        numbers = list(session.scalars(select(Account.number)))
        logins = [login for login in session.scalars(select(User.login_id)) if "-" in login]
        keys = list(session.scalars(select(Transaction.key)))
    assert len(numbers) == 7
    assert len(keys) >= 6
    # Administrators' login IDs are the words for their roles here.
    logins.remove("system-administrator")
    return [*numbers, *logins, *keys, *_BALANCES, *_WAITING, "Quux", "quux", "秘密"]


def public(portal: Portal) -> Iterator[tuple[str, str]]:
    """Yield the endpoint and an address of every public page of both languages."""
    rules = sorted(portal.app.url_map.iter_rules(), key=lambda rule: rule.rule)
    for rule in rules:
        view = portal.app.view_functions[rule.endpoint]
        is_public = getattr(view, "access", "") == "public" and "GET" in (rule.methods or ())
        # What the API is asked by name stands in `_asked`.
        if is_public and not rule.rule.startswith(_BY_LINK) and "<named>" not in rule.rule:
            yield from ((rule.endpoint, address) for address in _addresses(rule.rule))


def _addresses(rule: str) -> Iterator[str]:
    for language in ("en", "ja"):
        address = rule
        for part in re.findall(r"<[^>]+>", rule):
            name = part[1:-1].rpartition(":")[2]
            address = address.replace(part, language if name == "language" else _PLACES[name])
        if language == "en" or address.startswith("/ja"):
            yield address


def _asked() -> Iterator[tuple[str, str]]:
    """Yield what the API is asked, and pages whose parameters open more of them."""
    for operation in openapi.OPERATIONS:
        place = _NAMED.get(operation.identifier, "")
        yield operation.identifier, openapi.ROOT + re.sub(r"\{.*\}", place, operation.path)
    for address in (
        "/en/serials?q=1-200000",
        "/en/credits?kind=entity",
        "/en/credits.json?state=held",
        "/en/disclosure?date=2026-11-03",
        "/en/credits/JP-MN-MN003-2019-1-340",
        "/en/methodologies/MN_AM001",
    ):
        yield address, address


def _text(answer: Any) -> str:
    if answer.mimetype == "application/pdf":
        pages = pypdf.PdfReader(io.BytesIO(answer.data)).pages
        return "\n".join(page.extract_text() for page in pages)
    # Word files are empty forms, the same for everybody.
    return str(answer.get_data(as_text=True)) if "officedocument" not in answer.mimetype else ""


def fields(value: Any) -> set[str]:
    """Return every name in JSON."""
    if isinstance(value, dict):
        return set(value).union(*map(fields, value.values()))
    if isinstance(value, list):
        return set().union(*map(fields, value))
    return set()


def test_every_public_address_is_on_the_list(portal: Portal) -> None:
    text = (ROOT / "docs" / "public.md").read_text()
    missing = {
        rule.rule
        for rule in portal.app.url_map.iter_rules()
        for view in [portal.app.view_functions[rule.endpoint]]
        if getattr(view, "access", "") == "public" and "GET" in (rule.methods or ())
        if rule.rule.startswith("/<any(en,ja)")
        if not _is_listed(rule.rule, text)
    }
    assert not missing


def _is_listed(rule: str, text: str) -> bool:
    plain = re.sub(r"<(?:[^:>]+:)(\w+)>", r"<\1>", rule).replace("<language>", "en")
    stem = re.sub(r"\.(csv|json|pdf)$", "", plain)
    below = plain.startswith(("/en/procedures/", "/en/blocks/"))
    return f"`{plain}`" in text or f"`{stem}`" in text or below


def test_files_have_the_fields_that_are_listed(portal: Portal) -> None:
    client = program(portal.app)
    for address, known in listed().items():
        if not address.startswith("/en/"):
            continue
        for language in ("en", "ja"):
            answer = client.get(address.replace("/en/", f"/{language}/"))
            assert answer.status_code == 200, address
            if address.endswith(".csv"):
                text = answer.get_data().decode("utf-8-sig")
                assert set(next(csv.reader(io.StringIO(text)))) == known, address
            else:
                assert fields(answer.json) <= known, address


def test_files_of_the_pages_have_the_columns_that_are_documented(portal: Portal) -> None:
    for table, columns in open_data.TABLES.items():
        assert listed()[f"/en/{table}.csv"] == {column.name for column in columns}
    written = {
        "projects": project_pages.COLUMNS,
        "methodologies": methodologies.COLUMNS,
        "partner-countries": partners.COLUMNS,
        "third-party-entities": third_party_entities.COLUMNS,
    }
    for table, names in written.items():
        assert tuple(column.name for column in open_data.TABLES[table]) == tuple(names)
    line = program(portal.app).get("/en/credits.csv").get_data().decode("utf-8-sig")
    assert line.partition("\r\n")[0].split(",") == [c.name for c in open_data.CREDITS]


def test_the_api_answers_with_the_fields_that_are_listed(portal: Portal) -> None:
    client = program(portal.app)
    for operation in openapi.OPERATIONS:
        address = openapi.ROOT + operation.path
        place = _NAMED.get(operation.identifier, "")
        answer = client.get(re.sub(r"\{.*\}", place, address))
        assert answer.status_code == 200, address
        found = fields(answer.json)
        assert found <= listed()[address], address
        assert found, address


def test_daily_files_have_the_fields_that_are_listed(portal: Portal) -> None:
    folder: Path = portal.app.config["REGISTRY"].dumps / "2026-11-02"
    known = listed()["/data/{day}/manifest.json"]
    assert fields(json.loads((folder / dumps.MANIFEST).read_text())) <= known
    for table in ("projects", "credits", "methodologies", "partner-countries"):
        rows = listed()[f"/api/v1/{table}"]
        read = json.loads(gzip.decompress((folder / f"{table}.json.gz").read_bytes()))
        assert fields(read) <= rows | known
        text = gzip.decompress((folder / f"{table}.csv.gz").read_bytes()).decode("utf-8-sig")
        assert set(next(csv.reader(io.StringIO(text)))) <= rows


def test_nothing_private_stands_on_a_public_page(portal: Portal) -> None:
    client, private = program(portal.app), secrets(portal)
    seen: set[str] = set()
    addresses = [*public(portal), *_asked()]
    for endpoint, address in addresses:
        answer = client.get(address, buffered=True)
        assert answer.status_code in {200, 301, 302, 308, 404}, (address, answer.status_code)
        if answer.status_code == 200:
            seen.add(endpoint)
            text = _text(answer)
            found = [secret for secret in private if secret in text]
            assert not found, (address, found)
    assert len(seen) > 40, sorted(seen)
