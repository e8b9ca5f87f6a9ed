"""The checklist of an application: what the examiner ticked off, and which ticks still hold."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.applications import Event, number
from app.domain.errors import ReasonRequired, UnknownChoice
from app.domain.form_errors import NothingToCorrect
from app.registry import filling, logs
from app.store import applications as questions
from app.store.databases import AnyRow
from app.store.tables import Application, Mark
from app.store.tables.applications import Standing


def items(application: Application) -> list[str]:
    """Return the items of the checklist, in its order.

    Of an optional section in which nothing was answered there is nothing to see.
    """
    form = filling.form_of(application)
    empty = {
        f"section:{section.key}"
        for section in form.sections_for(application.applicant)
        if section.is_optional and not any(application.answers.get(section.key, {}).values())
    }
    everything = form.items_for(application.applicant)
    return [item for item, _label in everything if item not in empty]


def standing(
    session: Session, application: Application, steps: Sequence[AnyRow] | None = None
) -> dict[str, Mark]:
    """Return the ticks that hold, by checklist item.

    One does not hold any more once the applicant handed in something else at that item, or handed
    in again what was to be corrected there.

    Args:
        steps: what happened to the application, where the caller knows it already.
    """
    steps = questions.steps(session, application.id) if steps is None else steps
    handed_in = [one for one in steps if one.event is Event.SUBMIT]
    asked = [one for one in steps if one.event is Event.ASK_CORRECTION]
    changed = questions.document_changes(session, application.id)
    sections = filling.digests(application.answers)

    def holds(mark: Mark) -> bool:
        kind, _colon, key = mark.item.partition(":")
        if kind == "document" and key in changed and changed[key] > mark.at:
            return False
        if not handed_in or handed_in[-1].at <= mark.at:
            return True
        if any(mark.item in one.facts and one.at >= mark.at for one in asked):
            return False
        then = [one.facts for one in handed_in if one.at <= mark.at]
        former = then[-1].get("sections", {}) if then else {}
        return kind != "section" or former.get(key) == sections.get(key)

    marks = questions.marks(session, application.id)
    return {item: mark for item, mark in marks.items() if holds(mark)}


def unchecked(session: Session, application: Application) -> list[str]:
    """Return the items that are neither in order nor explained by a remark."""
    holding = standing(session, application)
    return [
        item
        for item in items(application)
        if item not in holding
        or (holding[item].standing is Standing.PROBLEM and not holding[item].remark)
    ]


def checked(application: Application, asked: Mapping[str, str]) -> dict[str, str]:
    """Return what is to be corrected and why, by item.

    Raises:
        NothingToCorrect, UnknownChoice: at the field "items".
        ReasonRequired, TooLong: at the field named as the item.
    """
    if not asked:
        raise NothingToCorrect(field="items")
    known, reasons = items(application), {}
    for item, typed in asked.items():
        if item not in known:
            raise UnknownChoice(item[:100], field="items")
        reasons[item] = filling.checked_comment(typed, field=item)
        if not reasons[item]:
            raise ReasonRequired(field=item)
    return reasons


def tick(
    session: Session,
    application: Application,
    item: str,
    standing: Standing | None,
    remark: str,
    *,
    actor: int,
    now: datetime,
) -> None:
    """Write how the examiner found an item, or take the tick back (None); the log keeps both."""
    mark = session.get(Mark, (application.id, item))
    if mark is None:
        if standing is None:
            return
        mark = Mark(application_id=application.id, item=item)
        session.add(mark)
    if standing is None:
        session.delete(mark)
    else:
        mark.standing, mark.remark = standing, remark or None
        mark.user_id, mark.at = actor, now
    session.flush()
    facts = {"item": item, "standing": standing or "", "remark": remark if standing else ""}
    logs.done(session, "mark application", number(application.id), actor=actor, now=now, **facts)
