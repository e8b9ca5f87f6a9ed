"""The description of the interface is complete, and made of what is read and written."""

from typing import Any

from app.domain import open_data, openapi, parameters


def described() -> dict[str, Any]:
    return openapi.build("Open data", ["MN", "VN"])


def test_every_operation_says_what_it_takes_and_what_it_answers() -> None:
    paths = described()["paths"]
    assert len(paths) == len(openapi.OPERATIONS) == 10
    for operation in openapi.OPERATIONS:
        said = paths[openapi.ROOT + operation.path]["get"]
        named = [one["name"] for one in said["parameters"]]
        places = [operation.place.name] if operation.place else []
        assert named == places + [parameter.name for parameter in operation.query]
        assert {"200", "400", "429", "503"} <= set(said["responses"])
        assert ("404" in said["responses"]) is (operation.place is not None)


def test_rows_have_the_columns_that_are_documented() -> None:
    schemas = described()["components"]["schemas"]
    for name, columns in (
        ("Credit", open_data.record("credits")),
        ("Project", open_data.record("projects")),
    ):
        assert list(schemas[name]["properties"]) == [column.name for column in columns]
        assert schemas[name]["required"] == [column.name for column in columns]
        assert schemas[name]["additionalProperties"] is False


def test_what_may_be_empty_may_be_null() -> None:
    project = described()["components"]["schemas"]["Project"]["properties"]
    assert project["title_ja"]["type"] == ["string", "null"]
    assert project["title_en"]["type"] == "string"


def test_the_partner_countries_of_the_registry_are_the_choices() -> None:
    said = described()["paths"]["/api/v1/credits"]["get"]["parameters"]
    (partner,) = [one for one in said if one["name"] == parameters.PARTNER.name]
    assert partner["schema"] == {"type": "string", "enum": ["MN", "VN"]}


def test_every_reference_leads_to_something() -> None:
    document = described()

    def follow(part: Any) -> None:
        if isinstance(part, dict):
            if "$ref" in part:
                found: Any = document
                for step in part["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
            for inner in part.values():
                follow(inner)
        elif isinstance(part, list):
            for inner in part:
                follow(inner)

    follow(document["paths"])
    follow(document["components"])
