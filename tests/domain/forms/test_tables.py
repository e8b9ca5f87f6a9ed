"""The document about the forms says what the forms are."""

from tests.domain.forms.tables import DOCUMENT, marked, tables


def test_the_tables_of_the_document_are_those_of_the_forms() -> None:
    text = DOCUMENT.read_text()
    for name, table in tables().items():
        found = marked(name).search(text)
        assert found is not None, name
        assert found[2] == table, f"{name}: run python -m tests.domain.forms.tables"
