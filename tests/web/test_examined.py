"""What stands beside the form in an examination: warnings of namesakes, and what happened."""

from sqlalchemy.orm import Session

from app.store import accounts
from app.store import applications as questions
from app.store.tables import Application, HolderRecord
from app.web import examined
from app.web.examined import Warned
from tests import applying
from tests.portal import Portal
from tests.world import NOW


def warnings(portal: Portal, application_id: int) -> list[Warned]:
    with portal.app.test_request_context("/en/"), portal.database.reading() as session:
        return examined.warnings(session, session.get_one(Application, application_id))


def test_a_holder_of_the_same_number_or_name_is_warned_of(portal: Portal) -> None:
    cast = portal.world

    def build(session: Session) -> int:
        made = applying.submitted(session, cast, 1)
        holder = questions.holder_of(session, _account(session, cast.kaede))
        session.add(
            HolderRecord(
                holder_id=holder.id,
                applicant=made.applicant,
                answers=made.answers,
                recorded_by=cast.operator,
                recorded_at=NOW,
            )
        )
        named = questions.holder_of(session, _account(session, cast.aoba))
        named.name_en = made.answers["holder"]["name_en"].upper()
        session.flush()
        return made.id

    found = warnings(portal, portal.database.write(build))
    assert [(one.account, "same number" in one.sentence) for one in found] == [
        (cast.aoba, False),
        (cast.kaede, True),
    ]


def test_what_else_waits_is_warned_of_and_nothing_more(portal: Portal) -> None:
    cast = portal.world
    first, second, other = portal.database.write(
        lambda session: tuple(
            applying.submitted(session, cast, form, **asked).id
            for form, asked in ((1, {}), (1, {"actor": cast.outsider}), (3, {}))
        )
    )
    assert [one.application for one in warnings(portal, first)] == [f"A-{second:06d}"]
    assert warnings(portal, other) == []
    change = portal.database.write(lambda session: applying.submitted(session, cast, 2).id)
    assert [one.application for one in warnings(portal, other)] == [f"A-{change:06d}"]


def _account(session: Session, number: str) -> int:
    account = accounts.by_number(session, number)
    assert account is not None
    return account.id
