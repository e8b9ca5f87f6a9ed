"""Lists of requests for documents: whose they are, which are open, page by page, which are due."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.applications import Status
from app.store import document_requests
from app.store.document_requests import Filter
from app.store.tables import Application, Attachment, DocumentRequest
from tests import world
from tests.applying import begun, submitted
from tests.world import NOW, World

DAY = timedelta(days=1)


def asked(
    session: Session, cast: World, about: Application, *, of_account: bool = False, **values: object
) -> int:
    """Keep a request for an application, or of the people of its account."""
    given = {"account_id": about.account_id} if of_account else {"application_id": about.id}
    made = DocumentRequest(
        **{
            "documents": ["Passport"],
            "key": world.key(),
            "asked_by": cast.operator,
            "asked_at": NOW,
            "due_at": NOW + 14 * DAY,
        }
        | given
        | values
    )
    session.add(made)
    session.flush()
    return made.id


def ids(session: Session, wanted: Filter, **page: int) -> list[int]:
    found = [row.id for row in document_requests.find(session, wanted, **page)]
    if not page:
        assert document_requests.count(session, wanted) == len(found)
    return found


def test_a_person_finds_those_of_the_own_accounts_and_applications(
    stage: Session, cast: World
) -> None:
    aoba = submitted(stage, cast)
    own = begun(stage, cast, 1)
    kaede = submitted(stage, cast, account=cast.kaede, actor=cast.kaede_proposer)
    first, second = asked(stage, cast, aoba), asked(stage, cast, aoba, of_account=True)
    third, other = asked(stage, cast, own), asked(stage, cast, kaede)
    accounts = [aoba.account_id or 0]
    mine = Filter(concerning=cast.aoba_proposer, accounts=accounts)
    assert ids(stage, mine) == [third, second, first]
    assert ids(stage, Filter(concerning=cast.aoba_approver, accounts=accounts)) == [second, first]
    assert ids(stage, Filter(concerning=cast.aoba_proposer)) == [third], "the right is gone"
    assert ids(stage, Filter()) == [other, third, second, first]
    assert ids(stage, Filter(application_id=aoba.id)) == [first]
    assert ids(stage, Filter(account_id=aoba.account_id)) == [second]
    assert ids(stage, Filter(), size=2) == [other, third]
    assert ids(stage, Filter(), before=third, size=1) == [second]
    assert ids(stage, Filter(), after=first, size=1) == [second]
    row = document_requests.one(stage, first)
    assert row is not None
    assert (row.account, row.form, row.name_en) == (cast.aoba, 3, "Operator")


def test_it_is_open_until_answered_or_ended_or_its_application_ends(
    stage: Session, cast: World
) -> None:
    made = submitted(stage, cast)
    waiting = asked(stage, cast, made)
    answered = asked(stage, cast, made, answered_at=NOW)
    ended = asked(stage, cast, made, of_account=True, ended_at=NOW)
    of_account = asked(stage, cast, made, of_account=True)
    assert ids(stage, Filter(is_open=True)) == [of_account, waiting]
    assert ids(stage, Filter(is_open=False)) == [ended, answered]
    made.status = Status.WITHDRAWN
    stage.flush()
    assert ids(stage, Filter(is_open=True)) == [of_account]
    assert [document_requests.is_open(stage, one) for one in (waiting, of_account)] == [False, True]


def test_those_are_due_whose_day_comes_and_of_which_nobody_was_reminded(
    stage: Session, cast: World
) -> None:
    made = submitted(stage, cast)

    def at(moment: datetime, **values: object) -> int:
        return asked(stage, cast, made, due_at=moment, **values)

    soon, last = at(NOW + DAY), at(NOW + 3 * DAY)
    at(NOW), at(NOW + 3 * DAY + timedelta(seconds=1))
    at(NOW + DAY, reminded_at=NOW), at(NOW + DAY, ended_at=NOW)
    assert document_requests.due(stage, now=NOW, until=NOW + 3 * DAY) == [soon, last]


def test_a_request_has_its_own_files(stage: Session, cast: World) -> None:
    made = submitted(stage, cast)
    first, second = asked(stage, cast, made), asked(stage, cast, made)
    for place, (request, removed_at) in enumerate(((first, None), (first, NOW), (second, None))):
        stage.add(
            Attachment(
                application_id=made.id,
                document_request_id=request,
                document="Passport",
                name=f"{place}.pdf",
                media_type="application/pdf",
                size=1,
                sha256=b"x",
                content=b"x",
                at=NOW,
                removed_at=removed_at,
            )
        )
    stage.flush()
    names = [one.name for one in document_requests.attachments(stage, first)]
    assert names == ["0.pdf"]
