"""The table of what is published says each thing once, in both languages."""

from app.domain import open_data


def test_every_table_has_a_name_and_columns_of_different_names() -> None:
    assert set(open_data.TABLES) == set(open_data.TABLE_NAMES)
    for columns in open_data.TABLES.values():
        names = [column.name for column in columns]
        assert len(set(names)) == len(names)


def test_every_form_of_a_value_is_explained() -> None:
    used = {column.form for columns in open_data.TABLES.values() for column in columns}
    assert used <= set(open_data.FORM_NAMES)


def test_no_column_could_name_an_account_or_a_person() -> None:
    names = {column.name for columns in open_data.TABLES.values() for column in columns}
    assert not names & {"account", "number", "holder", "person", "address", "purpose", "remark"}


def test_every_example_asks_something_else() -> None:
    asked = [example.address for example in open_data.EXAMPLES]
    assert len(set(asked)) == len(asked)


def test_a_record_speaks_no_language() -> None:
    for table, columns in open_data.TABLES.items():
        left = {column.name for column in columns} - {c.name for c in open_data.record(table)}
        assert all(name.endswith("_name") for name in left)
