"""What the pages on authorizations share: how one is shown, and how refusals are noted."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from flask import request

from app.domain.authorizations import (
    CHANGE_NAMES,
    STANDING_NAMES,
    STATE_NAMES,
    Change,
    Standing,
    State,
    state,
)
from app.domain.nomenclature import NAMES
from app.domain.roles import DUTIES, Duty
from app.registry import authorization_documents as papers
from app.registry import authorizations as verbs
from app.store import authorization_lists
from app.store import authorizations as questions
from app.store.tables import Authorization, AuthorizationVersion
from app.web import authorization_words, words
from app.web.attachments import ACCEPTED, size
from app.web.authorization_words import Frame
from app.web.pages import page
from app.web.readers import person_name, reader
from app.web.sessions import now, reading

PREFIX: Final = "/portal/article6/authorizations"
_TONES: Final = {
    State.WAITING: "yellow",
    State.TO_COME: "yellow",
    State.IN_FORCE: "green",
    State.OVER: "gray",
    State.REVOKED: "red",
    State.REJECTED: "gray",
}
_STANDING_TONES: Final = {
    Standing.PROPOSED: "yellow",
    Standing.APPROVED: "green",
    Standing.REJECTED: "gray",
}


def with_states(rows: Sequence[Any]) -> list[tuple[Any, State]]:
    """Return rows of a list, each with how the authorization stands today."""
    approved = authorization_lists.approved_terms(reading(), [row.id for row in rows])
    today = now().date()
    return [
        (row, state(approved[row.id], is_waiting=row.waiting_id is not None, on=today))
        for row in rows
    ]


def shown(
    found: Authorization,
    code: int = 200,
    errors: dict[str, str] | None = None,
    *,
    version_id: int | None = None,
) -> Any:
    """Show an authorization with all its versions, and what one of them says."""
    version = _chosen(found, version_id)
    before = _before(found, version)
    said, frame = verbs.elements(version), frame_of(found)
    role = reader().role
    approved = authorization_lists.approved_terms(reading(), [found.id])[found.id]
    is_waiting = any(one.standing is Standing.PROPOSED for one in found.versions)
    follows = bool(approved) and not is_waiting and approved[-1].change is not Change.REVOCATION
    may_enter = role in DUTIES[Duty.ENTER_AUTHORIZATIONS]
    return page(
        "authorizations/show.html",
        status=code,
        errors=errors or {},
        row=found,
        state=state(approved, is_waiting=is_waiting, on=now().date()),
        approach=approach_name(found),
        version=version,
        said=authorization_words.elements(said, frame),
        changed=authorization_words.changed(verbs.elements(before), said, frame) if before else [],
        entities=said.entities,
        documents=questions.documents(reading(), [version.id]),
        size=size,
        accepted=ACCEPTED,
        names=names_of(found.versions),
        may_change=may_enter and follows,
        may_enter_again=may_enter and not approved and not is_waiting,
        may_decide=version.standing is Standing.PROPOSED
        and (may_enter or role in DUTIES[Duty.APPROVE_AUTHORIZATIONS]),
        may_add=may_enter and version.standing is Standing.PROPOSED,
        files_max=papers.FILES_MAX,
        was_saved="saved" in request.args,
        was_decided="decided" in request.args,
        **words_of_pages(),
    )


def frame_of(found: Authorization) -> Frame:
    """Return what belongs to the whole authorization, for the printing of its elements."""
    return Frame(approach_name(found), found.approach.definition if found.approach else None)


def approach_name(found: Authorization) -> str:
    """Return what an authorization's approach is called."""
    if found.approach is None:
        return words.text(authorization_words.BLANKET)
    name = found.approach.name_ja if words.language() == "ja" else found.approach.name_en
    return f"{found.approach.code} {name}"


def _chosen(found: Authorization, version_id: int | None) -> AuthorizationVersion:
    """Return the version asked for, otherwise what was approved last, otherwise the newest."""
    for one in found.versions:
        if one.id == version_id:
            return one
    approved = [one for one in found.versions if one.standing is Standing.APPROVED]
    return (approved or found.versions)[-1]


def _before(found: Authorization, version: AuthorizationVersion) -> AuthorizationVersion | None:
    """Return the approved version that one follows."""
    earlier = [
        one
        for one in found.versions
        if one.standing is Standing.APPROVED and one.number < version.number
    ]
    return max(earlier, key=lambda one: one.number, default=None)


def before(version: AuthorizationVersion) -> AuthorizationVersion | None:
    """Return the approved version that this one follows."""
    return _before(version.authorization, version)


def names_of(versions: Iterable[AuthorizationVersion]) -> dict[int, str]:
    """Return what the people are called who entered versions and decided on them."""
    ids = {one.entered_by for one in versions} | {
        one.decided_by for one in versions if one.decided_by is not None
    }
    return {user_id: person_name(user_id) for user_id in ids}


def words_of_pages() -> dict[str, Any]:
    """Return the official wording that the templates print."""
    return {
        "Change": Change,
        "Standing": Standing,
        "change_names": CHANGE_NAMES,
        "standing_names": STANDING_NAMES,
        "standing_tones": _STANDING_TONES,
        "state_names": STATE_NAMES,
        "state_tones": _TONES,
        "term_names": NAMES,
        "approach_of": authorization_words.approach,
        "years_of": authorization_words.years,
        "sector": authorization_words.sector,
    }
