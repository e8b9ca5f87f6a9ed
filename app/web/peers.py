"""Other registries, for administrators: who they are, what crossed over, what was told and heard.

Nothing is changed here: who exchanges with whom is agreed between governments, and set by the
operator of the machine.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, make_response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.exchange import (
    CODE_NAMES,
    MESSAGE_NAMES,
    STATUS_NAMES,
    Answer,
    Code,
    Side,
    Status,
)
from app.domain.roles import Duty
from app.domain.text import Text
from app.store import correspondence, countries, peers
from app.store.correspondence import Filter
from app.store.databases import AnyRow
from app.store.tables import ExchangeMessage
from app.web import lists, words
from app.web.access import requires
from app.web.pages import number, page
from app.web.sessions import kept, reading
from app.web.transactions import printed

blueprint = Blueprint("peers", __name__, url_prefix="/portal/registries")

_ANSWER_TONES: Final = {"done": "green", "rejected": "red", "refused": "red"}
_ANSWERS: Final = {
    Answer.DONE: _l("Done"),
    Answer.REJECTED: _l("Rejected"),
    Answer.REFUSED: _l("Refused"),
}
_SIDES: Final = {Side.OUT: _l("To the other registry"), Side.IN: _l("From the other registry")}
_WAITING: Final = "waiting"
_DIGITS_MAX: Final = 18


@dataclass(frozen=True)
class Asked:
    """What the filter of crossings says; empty means any."""

    state: str = ""
    side: str = ""


@dataclass(frozen=True)
class AskedOfMessages:
    """What the filter of messages says; empty means any."""

    side: str = ""
    state: str = ""


@blueprint.get("")
@requires(Duty.SEE_EVERYTHING)
def search() -> Any:
    session = reading()
    return page(
        "peers/search.html",
        peers=peers.everyone(session),
        keys=correspondence.keys(session),
        waiting=peers.waiting(session),
        party_of=_party,
    )


@blueprint.get("/<code>")
@requires(Duty.SEE_EVERYTHING)
def show(code: str) -> Any:
    session, peer = reading(), _peer(code)
    asked, errors = lists.typed(Asked), dict[str, str]()
    lists.choices(asked, {"state": frozenset(Status), "side": frozenset(Side)}, errors)
    wanted = Filter(
        peer.id,
        status=Status(asked.state) if asked.state and not errors else None,
        side=Side(asked.side) if asked.side and not errors else None,
    )
    address = partial(url_for, "peers.show", code=code)
    count = correspondence.count_crossings(session, wanted, cap=lists.COUNT_CAP)
    turned = partial(address, **lists.given(asked))
    find = partial(correspondence.crossings, session, wanted)
    statuses = {status.value: words.text(name) for status, name in STATUS_NAMES.items()}
    return page(
        "peers/show.html",
        status=422 if errors else 200,
        errors=errors,
        peer=peer,
        name=_name(peer),
        party=_party(peer.party),
        keys=peers.keys(session, peer.id),
        waiting=peers.waiting(session).get(peer.id, 0),
        asked=asked,
        chips=lists.chips(asked, {"state": statuses, "side": _sides()}, address),
        shown=lists.turned(find, count, turned, summary=_crossings(count)),
        statuses=statuses,
        sides=_sides(),
        why=_why,
        printed=printed,
        all_address=address(),
    )


@blueprint.get("/<code>/messages")
@requires(Duty.SEE_EVERYTHING)
def messages(code: str) -> Any:
    session, peer = reading(), _peer(code)
    asked, errors = lists.typed(AskedOfMessages), dict[str, str]()
    lists.choices(asked, {"side": frozenset(Side), "state": {_WAITING}}, errors)
    side = Side(asked.side) if asked.side and not errors else None
    wanted = Filter(peer.id, side=side, is_waiting=asked.state == _WAITING)
    address = partial(url_for, "peers.messages", code=code)
    count = correspondence.count_messages(session, wanted, cap=lists.COUNT_CAP)
    turned = partial(address, **lists.given(asked))
    find = partial(correspondence.messages, session, wanted)
    states = {_WAITING: str(_("Waiting for an answer"))}
    return page(
        "peers/messages.html",
        status=422 if errors else 200,
        errors=errors,
        peer=peer,
        name=_name(peer),
        asked=asked,
        chips=lists.chips(asked, {"side": _told(), "state": states}, address),
        shown=lists.turned(find, count, turned, summary=_messages(count)),
        sides=_told(),
        states=states,
        kinds=MESSAGE_NAMES,
        answers=_ANSWERS,
        answer_tones=_ANSWER_TONES,
        why=_why,
        all_address=address(),
    )


@blueprint.get("/<code>/messages/<any(out,'in'):side>/<number>")
@requires(Duty.SEE_EVERYTHING)
def message(code: str, side: str, number: str) -> Any:
    peer = _peer(code)
    found = _message(peer, side, number)
    return page(
        "peers/message.html",
        peer=peer,
        name=_name(peer),
        message=found,
        title=str(
            _(
                "%(kind)s, number %(number)s",
                kind=words.text(MESSAGE_NAMES[found.kind]),
                number=found.number,
            )
        ),
        told=_told(),
        content=json.dumps(found.content, ensure_ascii=False, indent=2, sort_keys=True),
        keys=[_key(found.envelope), _key(found.reply)],
        answers=_ANSWERS,
        answer_tones=_ANSWER_TONES,
        why=_why,
    )


@blueprint.get("/<code>/messages/<any(out,'in'):side>/<number>/<any(message,answer):part>.json")
@requires(Duty.SEE_EVERYTHING)
def evidence(code: str, side: str, number: str, part: str) -> Response:
    """Answer with exactly the bytes that were signed."""
    found = _message(_peer(code), side, number)
    signed = found.envelope if part == "message" else found.reply
    if signed is None:
        raise NotFound("message")
    answer = make_response(signed)
    answer.mimetype = "application/json"
    name = f"{code}-{side}-{found.number}-{part}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _peer(code: str) -> AnyRow:
    found = peers.by_code(reading().connection(), code)
    if found is None:
        raise NotFound("registry")
    return found


def _message(peer: AnyRow, side: str, number: str) -> ExchangeMessage:
    is_number = number.isascii() and number.isdecimal() and len(number) <= _DIGITS_MAX
    session: Session = reading()
    found = correspondence.message(session, peer.id, Side(side), int(number)) if is_number else None
    if found is None:
        raise NotFound("message")
    return found


def _party(party: str) -> str:
    """Return the name of a Party with its code of three letters."""
    codes = {alpha3: alpha2 for alpha2, alpha3 in kept(countries.parties).items()}
    name = kept(countries.names).get(codes.get(party, ""))
    return f"{words.text(name)} ({party})" if name else party


def _name(peer: AnyRow) -> Text:
    return Text(peer.name_en, peer.name_ja)


def _key(signed: bytes | None) -> str:
    """Return the name of the key under which something was signed."""
    return str(json.loads(signed).get("key", "")) if signed else ""


def _why(code: str | None) -> str:
    """Return what a code means, with the code; one of a later version as it is."""
    if not code:
        return ""
    if code not in frozenset(Code):
        return code
    return f"{code} {words.text(CODE_NAMES[Code(code)])}"


def _sides() -> dict[str, str]:
    return {side.value: str(label) for side, label in _SIDES.items()}


def _told() -> dict[str, str]:
    return {Side.OUT.value: str(_("Told by this registry")), Side.IN.value: str(_("Heard"))}


def _crossings(count: int) -> str:
    if count > lists.COUNT_CAP:
        return str(_("More than %(count)s transfers", count=number(lists.COUNT_CAP)))
    return str(ngettext("%(count)s transfer", "%(count)s transfers", count, count=number(count)))


def _messages(count: int) -> str:
    if count > lists.COUNT_CAP:
        return str(_("More than %(count)s messages", count=number(lists.COUNT_CAP)))
    return str(ngettext("%(count)s message", "%(count)s messages", count, count=number(count)))
