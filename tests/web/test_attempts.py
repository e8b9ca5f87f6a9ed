"""What is tried in vain is logged by itself, once for each thing that was wrong with it."""

from sqlalchemy import select

from app.domain.errors import NotAWholeNumber, Required
from app.store.tables import LogEntry
from app.web import attempts
from app.web.readers import person_name
from app.web.sessions import reading
from tests.portal import Portal


def test_every_refusal_of_an_attempt_is_logged_and_read_at_once(portal: Portal) -> None:
    client = portal.sign_in("operator")
    with client:
        client.get("/portal/")
        before = reading().scalars(select(LogEntry.id)).all()
        refusals = {"a": Required(field="a"), "b": NotAWholeNumber("x", field="b")}
        attempts.log("issue news", "7", refusals.values())
        query = select(LogEntry).where(LogEntry.id.not_in(before)).order_by(LogEntry.id)
        found = reading().scalars(query).all()
        assert [(one.operation, one.subject, one.refusal) for one in found] == [
            ("issue news", "7", "Required"),
            ("issue news", "7", "NotAWholeNumber"),
        ]
        assert {one.user_id for one in found} == {portal.world.operator}
        assert person_name(portal.world.operator) == "Operator"
