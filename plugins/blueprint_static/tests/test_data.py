"""The rows of a static task: from every source, lazily, and never half understood."""

import json

import pytest

from mephisto import ConfigError
from mephisto_blueprint_static import SharedStaticTaskState, StaticBlueprint, StaticBlueprintArgs, _data


@pytest.fixture
def rows(tmp_path):
    """Write one file of data and read its rows."""

    def read(name, content, **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        option = f"data_{path.suffix[1:]}"
        return list(_data.rows(given(**{option: path}, **options), SharedStaticTaskState()))

    return read


def given(**options):
    sources = dict.fromkeys(("data_csv", "data_json", "data_jsonl"))
    return StaticBlueprintArgs(**sources | options)


def refused(read, name, content):
    with pytest.raises(ConfigError) as caught:
        read(name, content)
    return caught.value.problem


def test_a_csv_file_gives_texts_under_the_names_of_its_header(rows):
    assert rows("a.csv", "name,age\nAda,36\nAlan,41\n") == [
        {"name": "Ada", "age": "36"},
        {"name": "Alan", "age": "41"},
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_name(rows):
    assert rows("a.csv", "\ufeffname\nÉmilie\n") == [{"name": "Émilie"}]
    assert rows("a.json", '\ufeff[{"name": "Émilie"}]') == [{"name": "Émilie"}]
    assert rows("a.jsonl", '\ufeff{"name": "Émilie"}\n') == [{"name": "Émilie"}]


def test_a_quoted_cell_keeps_its_commas_quotes_and_line_ends(rows):
    content = 'name,text\r\nAda,"one, ""two""\r\nthree"\r\nAlan,\r\n'

    assert rows("a.csv", content) == [
        {"name": "Ada", "text": 'one, "two"\r\nthree'},
        {"name": "Alan", "text": ""},
    ]


def test_blank_lines_of_a_csv_file_are_skipped(rows):
    assert rows("a.csv", "\nname\n\nAda\n\n") == [{"name": "Ada"}]


def test_a_json_file_gives_the_objects_of_its_list_as_they_are(rows):
    data = [{"name": "Ada", "age": 36, "tags": ["a", None]}, {}]

    assert rows("a.json", json.dumps(data)) == data


def test_a_json_lines_file_gives_an_object_a_line_and_skips_blank_ones(rows):
    assert rows("a.jsonl", '{"a": 1}\n\n   \r\n{"a": "line\u2028end"}') == [{"a": 1}, {"a": "line\u2028end"}]


def test_csv_comes_before_json_before_json_lines_before_the_script(tmp_path):
    files = {name: tmp_path / f"a.{name}" for name in ("csv", "json", "jsonl")}
    files["csv"].write_text("from\ncsv\n")
    files["json"].write_text('[{"from": "json"}]')
    files["jsonl"].write_text('{"from": "jsonl"}')
    options = {f"data_{name}": path for name, path in files.items()}
    shared = SharedStaticTaskState(static_task_data=[{"from": "script"}])
    order = []
    while options:
        order.append(next(_data.rows(given(**options), shared))["from"])
        options.pop(next(iter(options)))
    order.append(next(_data.rows(given(), shared))["from"])

    assert order == ["csv", "json", "jsonl", "script"]


def test_a_generator_is_asked_for_no_more_than_is_read():
    asked = []

    def endless():
        while True:
            asked.append(len(asked))
            yield {"number": len(asked)}

    found = _data.rows(given(), SharedStaticTaskState(static_task_data=endless()))

    assert next(found) == {"number": 1}
    assert asked == [0]


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("a.csv", "a,b\n1,2\n3\n", "line 3: the row has 1 cell"),
        ("a.csv", 'a,b\n"1\n1",2\n3,4,5\n', "line 4: the row has 3 cells"),
        ("a.csv", 'a,b\n"1,2\n3,4\n', "line 2: this is not CSV"),
        ("a.csv", "a,a\n1,2\n", "2 columns are called 'a'"),
        ("a.csv", "a\nok\nCaf\xe9\n".encode("cp1252"), "line 3: this is not UTF-8"),
        ("a.json", '[{"a": 1},\n {"a" 2}]', "line 2, column 7: this is not JSON"),
        ("a.json", "[{}, 3]", "item 2: this is a number"),
        ("a.json", '{"a": 1}', "holds an object"),
        ("a.json", b"\xff\xfe[\x00]\x00", "line 1: this is not UTF-8"),
        ("a.jsonl", '{"a": 1}\n\n{"a": }\n', "line 3, column 7: this is not JSON"),
        ("a.jsonl", '{"a":1}\n{"a":\n', "line 2, column 6: this is not JSON"),
        ("a.jsonl", '{"a":1}\r\n{"a":\r\n', "line 2, column 6: this is not JSON"),
        ("a.csv", "a,,b,\n1,2,3,4\n", "columns 2 and 4 have no name"),
        ("a.jsonl", '{"a": 1} {"a": 2}\n', "line 1, column 10: this is not JSON"),
        ("a.jsonl", "{}\n[1]\n", "line 2: this is a list"),
        ("a.jsonl", b'{}\n{"a": "\xe9"}\n', "line 2: this is not UTF-8"),
        ("a.jsonl", "[" * 100_000, "line 1: this is not JSON"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(rows, tmp_path, name, content, where):
    problem = refused(rows, name, content)

    assert str(tmp_path / name) in problem.what
    assert where in problem.what
    assert problem.why
    assert problem.remedy


def test_a_row_of_the_script_that_is_no_object_is_named_by_its_number():
    found = _data.rows(given(), SharedStaticTaskState(static_task_data=iter([{}, "text"])))

    assert next(found) == {}
    with pytest.raises(ConfigError, match="static_task_data, item 2: this is a text"):
        next(found)


def test_each_row_becomes_an_assignment_with_the_asked_number_of_units():
    shared = SharedStaticTaskState(static_task_data=[{"a": 1}, {"a": 2}])
    found = list(StaticBlueprint().blueprint_tasks(given(units_per_assignment=3), shared))

    assert [(assignment.data, assignment.units) for assignment in found] == [({"a": 1}, 3), ({"a": 2}, 3)]
