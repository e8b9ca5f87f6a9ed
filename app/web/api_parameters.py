"""Reading what a program asks: the parameters of an address, and cursors that lead on."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app, request, url_for
from itsdangerous import BadData, URLSafeSerializer

from app.domain import parameters
from app.domain.open_data_errors import BrokenCursor
from app.domain.openapi import Operation
from app.domain.parameters import CURSOR, PAGE_SIZE, PAGING, SIZE


def query(operation: Operation) -> dict[str, Any]:
    """Return what the address asks, by name; whatever is not described is refused."""
    return parameters.read(operation.query, request.args.to_dict(flat=False))


def place(operation: Operation, typed: str) -> Any:
    """Return the part of the address that names one thing; there is nothing else to ask."""
    query(operation)
    assert operation.place is not None, operation.path
    return operation.place.read(typed)


def size(asked: Mapping[str, Any]) -> int:
    """Return how many rows are asked for at most."""
    return int(asked.get(SIZE.name, PAGE_SIZE))


def filters(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked without the paging."""
    paging = {parameter.name for parameter in PAGING}
    return {name: value for name, value in asked.items() if name not in paging}


def after(asked: Mapping[str, Any]) -> Any:
    """Return the key after which to go on, or None at the beginning.

    Raises:
        BrokenCursor: it was not given out by this registry as the continuation of this question.
    """
    if CURSOR.name not in asked:
        return None
    try:
        key, question = _serializer().loads(asked[CURSOR.name])
    except (BadData, ValueError, TypeError) as error:
        raise BrokenCursor(field=CURSOR.name) from error
    if question != _question(asked):
        raise BrokenCursor(field=CURSOR.name)
    return key


def following(asked: Mapping[str, Any], rows: Sequence[Any], key: Any) -> str | None:
    """Return the address of what follows `rows`, which are one more than asked for if it exists."""
    if len(rows) <= size(asked):
        return None
    cursor = _serializer().dumps([key, _question(asked)])
    given: dict[str, Any] = {name: request.args[name] for name in asked if name != CURSOR.name}
    assert request.endpoint is not None
    return url_for(request.endpoint, **given, cursor=cursor)


def _question(asked: Mapping[str, Any]) -> str:
    """Return a digest of the question that a cursor belongs to; pages may change their size."""
    said = json.dumps([request.path, filters(asked)], default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="cursor")
