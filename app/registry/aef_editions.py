"""Verbs on editions of the annual information: freeze one, and record that it was submitted.

An edition keeps every cell. It is frozen only while the pre-check finds no error, never changes,
and everyone may read it once it was submitted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from app.domain import aef_checks, aef_formats
from app.domain import aef_editions as rules
from app.domain.aef_checks import Finding, Level
from app.domain.aef_editions import FIRST, Frozen, Head, Line, Row, Version
from app.domain.aef_formats import Word
from app.domain.aef_sources import Listed, Past, Source
from app.domain.article6_errors import (
    DatePassed,
    EditionDamaged,
    EditionSuperseded,
    PreCheckFailed,
    SubmissionTooEarly,
    YearNotOver,
)
from app.domain.disclosure_errors import TablesChanged
from app.domain.errors import AlreadyDone, KeyUsedOtherwise, NotFound
from app.domain.projects import ITMO_VINTAGE_MIN
from app.domain.roles import Duty
from app.registry import logs, people
from app.store import aef_editions as questions
from app.store.aef import Report
from app.store.tables import AefEdition

#: There are no ITMOs of earlier years, so there is nothing to report of them.
YEAR_MIN: Final = ITMO_VINTAGE_MIN
#: More findings are counted only.
FINDINGS_MAX: Final = 200
#: More rows are read again at every question, so that memory does not grow with them.
ROWS_HELD: Final = 5_000


@dataclass(frozen=True, slots=True)
class Reporting:
    """The Party that reports: its code, its present NDC period, and whose days are meant."""

    party: str
    ndc_years: tuple[int, int]
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Checked:
    """What the pre-check found: the first findings, and how many of each level there are."""

    findings: list[Finding]
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Year:
    """A year as the ledger gives it; few rows are held, so that they are read once only."""

    report: Report
    rows: list[Line] | None

    def lines(self) -> Iterator[Line]:
        """Yield the rows of all tables."""
        return self.report.lines() if self.rows is None else iter(self.rows)

    def source(self) -> Source:
        """Return what the pre-check reads."""
        if self.rows is None:
            return self.report
        tables: dict[Word, list[Row]] = {word: [] for word in Word}
        for word, row in self.rows:
            tables[word].append(row)
        told = self.report
        return _Held(tables, limited=told.limits(), known=told.approaches(), report=told)


@dataclass(frozen=True, slots=True)
class _Held(Listed):
    """Rows at hand, with what was before them in the ledger."""

    report: Report = field(kw_only=True)

    def earlier(self) -> Iterator[Past]:
        return self.report.earlier()


def last_year(now: datetime) -> int:
    """Return the last year that is over, by UTC, as actions are reported."""
    return now.astimezone(UTC).year - 1


def check_year(year: int, now: datetime) -> None:
    """Refuse a year that is not over."""
    if year > last_year(now):
        raise YearNotOver(year)


def check_day(day: date, zone: tzinfo, now: datetime) -> None:
    """Refuse a day of submission that has passed, at the field "submitted_on"."""
    if day < now.astimezone(zone).date():
        raise DatePassed(field="submitted_on")


def read(session: Session, told: Reporting, year: int, submitted_on: date) -> Year:
    """Return the annual information as it stands, under the version that it would be frozen as."""
    last = questions.latest(session, told.party, year)
    version = last.next if last else FIRST
    found = Report(session.connection(), told.party, year, version, submitted_on, told.ndc_years)
    rows = list(islice(found.lines(), ROWS_HELD + 1))
    return Year(found, rows if len(rows) <= ROWS_HELD else None)


def digest(found: Year, lines: Iterable[Line]) -> bytes:
    """Return the digest that an edition of the year would have.

    Args:
        lines: those of the year, which the caller may look at while they pass by.
    """
    return rules.digest(_head(found.report), aef_formats.CURRENT, lines)


def _head(found: Report) -> Head:
    return Head(aef_formats.CURRENT.word, found.party, found.year, str(found.version))


def checked(found: Year) -> Checked:
    """Run the pre-check over a year."""
    kept: list[Finding] = []
    counts = dict.fromkeys(Level, 0)
    for finding in aef_checks.check(found.source()):
        counts[finding.level] += 1
        if len(kept) < FINDINGS_MAX:
            kept.append(finding)
    return Checked(kept, counts[Level.ERROR], counts[Level.WARNING])


def freeze(
    session: Session,
    told: Reporting,
    year: int,
    *,
    submitted_on: date,
    seen: str,
    key: str,
    actor: int,
    now: datetime,
) -> Version:
    """Freeze a year's annual information and return its version; sent twice, it is made once.

    Args:
        submitted_on: the day of submission that the edition names.
        seen: the digest of what was shown, as hexadecimal digits.
        key: that of the form, which is used once.

    Raises:
        NotEntitled: the actor's role does not carry it.
        YearNotOver, DatePassed: as `check_year` and `check_day`.
        PreCheckFailed: the pre-check finds errors.
        TablesChanged: it is not what was shown.
        KeyUsedOtherwise: the key froze another year.
    """
    people.require(session, actor, Duty.REPORT_ARTICLE_6)
    known = questions.by_key(session, actor, key)
    if known is not None:
        if (known.party, known.year) != (told.party, year):
            raise KeyUsedOtherwise
        return Version(known.major, known.minor)
    check_year(year, now)
    check_day(submitted_on, told.zone, now)
    found = read(session, told, year, submitted_on)
    outcome = checked(found)
    if outcome.errors:
        raise PreCheckFailed(outcome.errors)
    frozen = rules.freeze(_head(found.report), aef_formats.CURRENT, found.lines())
    if frozen.digest.hex() != seen:
        raise TablesChanged
    _keep(session, found.report, frozen, key=key, actor=actor, now=now)
    return found.report.version


def _keep(
    session: Session, found: Report, frozen: Frozen, *, key: str, actor: int, now: datetime
) -> None:
    made = AefEdition(
        party=found.party,
        year=found.year,
        major=found.version.major,
        minor=found.version.minor,
        format=aef_formats.CURRENT.word,
        content=frozen.content,
        digest=frozen.digest,
        withheld=found.confidential(),
        authorizations=frozen.rows[Word.AUTHORIZATIONS],
        actions=frozen.rows[Word.ACTIONS],
        holdings=frozen.rows[Word.HOLDINGS],
        entities=frozen.rows[Word.ENTITIES],
        key=key,
        made_by=actor,
        made_at=now,
    )
    session.add(made)
    session.flush()
    subject = name(made)
    logs.done(
        session, "freeze AEF edition", subject, actor=actor, now=now, digest=made.digest.hex()
    )


def name(edition: AefEdition) -> str:
    """Return what an edition is called in logs, such as JPN 2025 1.0."""
    return f"{edition.party} {edition.year} {Version(edition.major, edition.minor)}"


def submit(
    session: Session, told: Reporting, year: int, version: Version, *, actor: int, now: datetime
) -> None:
    """Record that the Party submitted an edition; everyone may read it from then on.

    Raises:
        NotEntitled, NotFound
        AlreadyDone: it was submitted.
        EditionSuperseded: there is a later one.
        EditionDamaged: it is not what was frozen.
        SubmissionTooEarly: it names a later day.
    """
    people.require(session, actor, Duty.REPORT_ARTICLE_6)
    found = questions.by_version(session, told.party, year, version)
    if found is None:
        raise NotFound("edition")
    session.refresh(found, with_for_update=True)
    if found.submitted_at is not None:
        raise AlreadyDone
    last = questions.latest(session, told.party, year)
    if last is not None and last > version:
        raise EditionSuperseded(str(last))
    named = day(found)
    if named > now.astimezone(told.zone).date():
        raise SubmissionTooEarly(f"{named:%d/%m/%Y}")
    found.submitted_by, found.submitted_at = actor, now
    session.flush()
    logs.done(session, "submit AEF edition", name(found), actor=actor, now=now)


def day(edition: AefEdition) -> date:
    """Return the day of submission that an edition names.

    Raises:
        EditionDamaged: it is not what was frozen.
    """
    if not rules.is_whole(edition.content, edition.digest):
        raise EditionDamaged
    layout = aef_formats.find(edition.format)
    assert layout is not None, "layouts are never removed"
    table = layout.table(Word.SUBMISSION)
    word, row = next(rules.lines(edition.content))
    assert word is Word.SUBMISSION, "an edition begins with its submission"
    said = row[table.place("DateOfSubmission")]
    return datetime.strptime(str(said), "%d/%m/%Y").replace(tzinfo=UTC).date()
