"""Article 6.2 at a glance, and the reviewer: who sees what of it."""

import re
from datetime import timedelta

from sqlalchemy.orm import Session

from app.domain.announcements import Kind as Announced
from app.domain.nomenclature import ActionType
from app.domain.serials import Range
from app.registry import announcements
from tests import article6
from tests.portal import Portal, counted
from tests.world import NOW

_MENU = re.compile(r'<nav[^>]*aria-label="Main menu".*?</nav>', re.DOTALL)


def acted(portal: Portal) -> None:
    """Record an acquisition of 1,000, a use of 100 and a secret use of 10."""

    def act(session: Session) -> None:
        approach = article6.approach(session)
        units = article6.issued(session, portal.world, approach, quantity=1_000)
        known = article6.authorization(session, portal.world, approach)
        hidden = article6.authorization(
            *(session, portal.world, approach),
            identifier="S-1",
            is_confidential=True,
            confidential_basis="law",
        )
        article6.action(session, units, known, ActionType.ACQUISITION, counterparty="VNM")
        for version, part in ((known, Range(1, 100)), (hidden, Range(101, 110))):
            article6.action(session, units, version, ActionType.USE, part=part, calendar_year=2026)

    portal.database.write(act)


def test_the_overview_leads_to_every_part_and_tells_what_was_recorded(portal: Portal) -> None:
    acted(portal)
    for language in ("en", "ja"):
        client = portal.sign_in("reviewer", language)
        with counted(portal) as statements:
            text = client.get("/portal/article6").text
        assert len(statements) <= 12
        for part in ("authorizations", "actions", "holds", "aef", "cross-check", "adjustments"):
            assert f'href="/portal/article6/{part}"' in text, part
        assert ">110 <" in text and ">1,000 <" in text
        public = portal.visitor(language).get(f"/{language}/article6").text
        assert ">100 <" in public and ">110 <" not in public
        for shown in (text, public):
            assert article6.CODE in shown and "JPN01" in shown and article6.HOST in shown


def test_a_reviewer_has_home_the_own_profile_and_article_6_and_nothing_else(
    portal: Portal,
) -> None:
    portal.issued(10)
    client = portal.sign_in("reviewer")
    home = client.get("/portal/").text
    menu = re.findall(r'href="([^"]+)"', (_MENU.search(home) or [""])[0])
    assert menu == ["/portal/", "/portal/article6", "/portal/access-log"]
    assert "Recent transactions" not in home and "My accounts" not in home
    for address in ("accounts", "holdings", "transactions", "tasks", "people", "log", "news"):
        assert client.get(f"/portal/{address}").status_code == 403, address
    log = client.get("/portal/access-log").text
    assert "Reviewer" in log and "operator" not in log


def test_a_reviewer_comes_from_outside_and_waits_while_the_registry_is_maintained(
    portal: Portal,
) -> None:
    portal.app.config["CLOCK"] = lambda: NOW
    reviewer, operator = portal.sign_in("reviewer"), portal.sign_in("operator")
    texts = dict.fromkeys(("title_en", "title_ja", "text_en", "text_ja"), "text")
    portal.database.write(
        lambda session: announcements.schedule(
            session,
            Announced.MAINTENANCE,
            texts=texts,
            starts_at=NOW + timedelta(minutes=10),
            ends_at=NOW + timedelta(hours=2),
            actor=portal.world.system_administrator,
            now=NOW,
        )
    )
    portal.app.extensions.pop("kept", None)
    portal.app.config["CLOCK"] = lambda: NOW + timedelta(minutes=15)
    assert reviewer.get("/portal/").status_code == 503
    assert operator.get("/portal/").status_code == 200
