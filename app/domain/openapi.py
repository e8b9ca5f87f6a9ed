"""The description of the interface for programs, in OpenAPI 3.1; made of what it is built from.

Parameters come from `parameters`, the columns of what is answered from `open_data`; so what is
described is what is read and written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from app.domain import accounts, disclosure, ledger, open_data, parameters
from app.domain.open_data import Column, Form
from app.domain.parameters import Parameter
from app.domain.serials import SERIAL_MAX
from app.domain.text import Text

VERSION: Final = "1.0.0"
ROOT: Final = "/api/v1"

Schema = dict[str, Any]

_INTEGER: Final[Schema] = {
    "type": "integer",
    "format": "int64",
    "minimum": 0,
    "maximum": SERIAL_MAX,
}
_FORMS: Final[dict[Form, Schema]] = {
    Form.TEXT: {"type": "string"},
    Form.NUMBER: _INTEGER,
    Form.DECIMAL: {"type": "number"},
    Form.DAY: {"type": "string", "format": "date"},
    Form.TRUTH: {"type": "boolean"},
    Form.TEXTS: {"type": "array", "items": {"type": "string"}},
}
_TONNES: Final = _INTEGER | {"description": "Tonnes of CO2 equivalent."}
_DAY: Final[Schema] = {"type": "string", "format": "date"}
_DIGEST: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _object(properties: dict[str, Schema], *, optional: Iterable[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in set(optional)],
        "additionalProperties": False,
    }


def _enum(choices: Iterable[str]) -> Schema:
    return {"type": "string", "enum": [str(choice) for choice in choices]}


def _or_nothing(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


def _list(items: Schema, description: str) -> Schema:
    return {"type": "array", "description": description, "items": items}


def _referring(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def of_column(column: Column) -> Schema:
    """Describe one column as JSON has it."""
    schema = dict(_FORMS[column.form])
    if column.choices:
        schema["enum"] = list(column.choices)
    if column.may_be_empty:
        schema["type"] = [schema["type"], "null"]
    return schema | {"description": f"{column.meaning.en}."}


def of_columns(columns: Iterable[Column]) -> Schema:
    """Describe one row."""
    return _object({column.name: of_column(column) for column in columns})


_RANGE: Final = _object({"first": _INTEGER, "last": _INTEGER})
_RANGE_OF_REGISTRY: Final = _object(
    {
        "registry": {
            "type": "string",
            "pattern": "^[A-Z]{2}$",
            "description": "The registry that issued them, and counts so.",
        },
        **_RANGE["properties"],
    }
)
_KIND: Final = _enum(accounts.Kind)
_BENEFICIARY: Final[Schema] = {
    "type": ["string", "null"],
    "description": "As it is printed on the certificate of a retirement or cancellation.",
}
_MOVEMENT: Final = _object(
    {
        "transaction": {"type": "string", "pattern": f"^{parameters.TRANSACTION}$"},
        "day": _DAY,
        "kind": _enum(ledger.Kind),
        "source_kind": _or_nothing(_KIND),
        "target_kind": _KIND,
        "beneficiary": _BENEFICIARY,
    }
)
_TRANSACTION: Final = _object(
    {
        "number": {"type": "string", "pattern": f"^{parameters.TRANSACTION}$"},
        "kind": _enum(ledger.Kind),
        "day": _DAY,
        "quantity": _TONNES,
        "source_kind": _or_nothing(_KIND)
        | {"description": "Kind of account that gave; null for an issuance."},
        "target_kind": _KIND,
        "ranges": {"type": "array", "items": _RANGE_OF_REGISTRY},
        "beneficiary": _BENEFICIARY,
        "position": _INTEGER | {"description": "Place in the chain of transactions."},
        "digest": _DIGEST | {"description": "SHA-256 of the record over the digest before it."},
    }
)
_BLOCK: Final = _object(
    {
        "serial": _INTEGER,
        "block": _referring("Credit"),
        "issued": _object({"transaction": {"type": "string"}, "day": _DAY, **_RANGE["properties"]}),
        "movements": {"type": "array", "items": _MOVEMENT, "description": "Newest first."},
    }
)
_PROBLEM: Final = _object(
    {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "parameter": {"type": "string", "description": "The parameter that is wrong."},
        "number": {"type": "string", "description": "Number under which a fault was logged."},
    },
    optional=("parameter", "number"),
)
_MAYBE: Final[Schema] = {"type": ["string", "null"]}
_DISCLOSED: Final = _object(
    {
        "as_of": _DAY,
        "entities": _list(
            _object(
                {
                    "number": _INTEGER,
                    "name_en": {"type": "string"},
                    "name_ja": _MAYBE,
                    "head_office_en": _MAYBE,
                    "head_office_ja": _MAYBE,
                    "is_demo": {"type": "boolean"},
                }
            ),
            "Entities that hold accounts.",
        ),
        "amounts": _list(
            _object({"kind": _KIND, "tonnes": _TONNES}),
            "Amount of JCM credits recorded in each type of accounts.",
        ),
        "years": _list(
            _object(
                {
                    "year": _INTEGER,
                    **dict.fromkeys(disclosure.FIGURES, _TONNES),
                    "is_over": {"type": "boolean"},
                }
            ),
            "Annual transactions summary.",
        ),
    }
)

SCHEMAS: Final[dict[str, Schema]] = {
    "Credit": of_columns(open_data.record("credits")),
    "Project": of_columns(open_data.record("projects")),
    "Methodology": of_columns(open_data.record("methodologies")),
    "PartnerCountry": of_columns(open_data.record("partner-countries")),
    "Block": _BLOCK,
    "Transaction": _TRANSACTION,
    "Disclosure": _DISCLOSED,
    "Problem": _PROBLEM,
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One question that programs may ask: an address, what it takes and what it answers."""

    path: str
    identifier: str
    summary: str
    schema: str
    place: Parameter | None = None
    query: tuple[Parameter, ...] = ()
    is_list: bool = False
    has_totals: bool = False


def _written(name: str, meaning: str, pattern: str) -> Parameter:
    return parameters.Written(name, meaning, pattern)


OPERATIONS: Final = (
    Operation(
        "/credits",
        "searchCredits",
        "Credits as blocks of serial numbers, ascending, with the totals of the whole result",
        "Credit",
        query=parameters.CREDITS + parameters.PAGING,
        is_list=True,
        has_totals=True,
    ),
    Operation(
        "/blocks/{serial}",
        "showBlock",
        "Where a serial number lies now, and its life so far",
        "Block",
        place=parameters.SERIAL,
    ),
    Operation(
        "/projects",
        "searchProjects",
        "Projects by reference",
        "Project",
        query=parameters.PROJECTS + parameters.PAGING,
        is_list=True,
    ),
    Operation(
        "/projects/{reference}",
        "showProject",
        "One project",
        "Project",
        place=_written("reference", "Reference of the project.", parameters.PROJECT),
    ),
    Operation(
        "/methodologies",
        "searchMethodologies",
        "Methodologies by reference and version",
        "Methodology",
        query=parameters.METHODOLOGIES + parameters.PAGING,
        is_list=True,
    ),
    Operation(
        "/methodologies/{reference}",
        "showMethodology",
        "Every version of one methodology",
        "Methodology",
        place=_written("reference", "Reference of the methodology.", parameters.METHODOLOGY),
        is_list=True,
    ),
    Operation(
        "/partner-countries",
        "listPartnerCountries",
        "Partner countries in the order in which they joined",
        "PartnerCountry",
        is_list=True,
    ),
    Operation(
        "/partner-countries/{code}",
        "showPartnerCountry",
        "One partner country",
        "PartnerCountry",
        place=_written("code", "Code of two letters.", "[A-Z]{2}"),
    ),
    Operation(
        "/disclosure",
        "showDisclosure",
        "What the registry discloses, as of the end of a day",
        "Disclosure",
        query=(parameters.DATE,),
    ),
    Operation(
        "/transactions/{number}",
        "showTransaction",
        "One completed transaction",
        "Transaction",
        place=_written("number", "Number of the transaction.", parameters.TRANSACTION),
    ),
)


def build(
    title: str, partners: Iterable[str], root: str = "/", licence: Text = open_data.LICENCE
) -> Schema:
    """Return the whole description for one registry, which lies at `root` of its host."""
    known = tuple(partners)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": VERSION,
            "summary": "Everything that is public in the registry, for reading.",
            "description": (
                "GET and HEAD only; no key is needed and no cookie is set or read. Answers are "
                "JSON in UTF-8, errors are problem details (RFC 9457) in the language that "
                "Accept-Language prefers (English or Japanese). Lists lead on with `next`."
            ),
            "license": {"name": licence.en},
        },
        "servers": [{"url": root}],
        "paths": {
            ROOT + operation.path: {"get": _described(operation, known)} for operation in OPERATIONS
        },
        "components": {
            "schemas": SCHEMAS,
            "responses": {"Problem": _PROBLEM_RESPONSE},
        },
    }


def _described(operation: Operation, partners: tuple[str, ...]) -> Schema:
    taken = [_parameter(one, "query", partners) for one in operation.query]
    if operation.place is not None:
        taken.insert(0, _parameter(operation.place, "path", partners))
    statuses = ["400", "404", "429", "503"] if operation.place else ["400", "429", "503"]
    return {
        "operationId": operation.identifier,
        "summary": operation.summary,
        "parameters": taken,
        "responses": {
            "200": {
                "description": "What was asked for.",
                "headers": _HEADERS,
                "content": {"application/json": {"schema": answered(operation)}},
            },
            "304": {"description": "Unchanged since the answer that the request names."},
            **{status: {"$ref": "#/components/responses/Problem"} for status in statuses},
        },
    }


def answered(operation: Operation) -> Schema:
    """Describe what a question answers."""
    item = _referring(operation.schema)
    if not operation.is_list:
        return item
    properties: dict[str, Schema] = {"items": {"type": "array", "items": item}}
    if operation.has_totals:
        properties["totals"] = _object({kind.value: _TONNES for kind in accounts.Kind}) | {
            "description": "Tonnes of the whole result by kind of account."
        }
    if operation.query:
        properties["next"] = {
            "type": ["string", "null"],
            "format": "uri-reference",
            "description": "Address of what follows; null at the end.",
        }
    return _object(properties)


def _parameter(parameter: Parameter, place: str, partners: tuple[str, ...]) -> Schema:
    if parameter is parameters.PARTNER and partners:
        parameter = _offering(parameter, partners)
    return {
        "name": parameter.name,
        "in": place,
        "required": place == "path",
        "description": parameter.meaning,
        "schema": parameter.schema,
    }


def _offering(parameter: Parameter, choices: tuple[str, ...]) -> Parameter:
    return parameters.Choice(parameter.name, parameter.meaning, choices)


_HEADERS: Final[Schema] = {
    "ETag": {"schema": {"type": "string"}},
    "X-RateLimit-Limit": {"schema": {"type": "integer"}, "description": "Requests in a minute."},
    "X-RateLimit-Remaining": {"schema": {"type": "integer"}},
    "X-RateLimit-Reset": {"schema": {"type": "integer"}, "description": "Seconds since 1970."},
}
_PROBLEM_RESPONSE: Final[Schema] = {
    "description": "What is wrong, as problem details.",
    "content": {"application/problem+json": {"schema": _referring("Problem")}},
}
