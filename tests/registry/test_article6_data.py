"""The starting data on Article 6.2: stand-ins that say so, and no quantity that is not public."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actions import Party
from app.domain.authorizations import Change, Standing
from app.domain.nomenclature import APPROACH, SECTORS, Purpose
from app.registry import article6_data, published
from app.registry.load import JAPAN
from app.registry.load_runs import Run
from app.registry.published import rows
from app.store import approaches, authorization_lists
from app.store.tables import Action, ActionSum, AuthorizationVersion, ItmoUnits
from tests.world import World

CODES = ("JP", "MN")


def test_the_blanket_authorization_and_31_approaches_are_loaded_once(
    stage: Session, cast: World
) -> None:
    published._countries_and_scopes(stage, "JP", cast.operator)
    runs = {code: Run(stage, code, JAPAN, cast.operator, cast.approver, Party()) for code in CODES}
    early = datetime(2025, 3, 31, tzinfo=UTC)
    article6_data.load(runs["JP"], now=early)
    assert authorization_lists.public(stage) == []
    for registry in ("MN", "JP", "JP"):
        article6_data.load(runs[registry], now=datetime(2026, 1, 1, tzinfo=UTC))
    found = approaches.everyone(stage)
    assert len(found) == len(rows("partner_countries"))
    assert all(APPROACH.fullmatch(row.code) and not row.code_is_official for row in found)
    noted = {row.partner: row for row in found if row.note_en}
    assert set(noted) == {"TH", "MV"}
    assert "Their amount is not public" in noted["TH"].note_en
    (version,) = stage.scalars(select(AuthorizationVersion))
    assert version.authorization.approach is None
    assert (version.standing, version.change) == (Standing.APPROVED, Change.GRANT)
    assert version.authorized_on.isoformat() == "2025-03-31"
    assert version.purpose is Purpose.NDC_AND_OIMP
    assert len(version.sectors.splitlines()) == len(SECTORS)
    assert not version.authorization.identifier_is_official
    # Nothing is said of amounts, so nothing is recorded of them.
    for table in (ItmoUnits, Action, ActionSum):
        assert stage.scalar(select(func.count()).select_from(table)) == 0
