import json

import pytest

from mephisto.web.documents import Document, error_document
from mephisto.web.encoding import json_text, parse_json

OURS = '<script type="application/json" id="mephisto-page">{"page": "task", "file": ""}</script>'


def filled(template, values=None, page="task"):
    return Document(template, page).fill(values or {})


def test_a_value_is_put_in_as_it_is():
    assert "<p><b>bold</b></p>" in filled("<p>${a}</p>", {"a": "<b>bold</b>"})


@pytest.mark.parametrize("name", ["with-hyphen", "with.dot", "with space", "ünicode", "0"])
def test_any_name_of_a_column_can_be_used(name):
    assert "[value]" in filled(f"[${{{name}}}]", {name: "value"})


def test_an_unknown_variable_stays_so_that_scripts_keep_their_own():
    script = "<script>const label = `${count} of ${total.toFixed(1)} $\\{a} ${}`</script>"
    assert script in filled(script, {"a": "1"})


def test_a_value_is_not_searched_for_variables_again():
    assert "[${b}][2]" in filled("[${a}][${b}]", {"a": "${b}", "b": "2"})


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), (3, "3"), (1.5, "1.5"), (float("nan"), "null"), (["é", 1], '["é", 1]')],
)
def test_a_value_of_a_json_row_is_what_a_script_can_read(value, text):
    assert f"[{text}]" in filled("[${a}]", {"a": value})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<!doctype html>\n<html lang='en'><head>", "<title>T</title></head><body></body></html>"),
        ("<!-- <head> comes --><!DOCTYPE HTML ><HTML>\n<HEAD profile='x'>", "<script>1</script></HEAD>"),
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "x"><html>',
            "<body>text</body></html>",
        ),
        ("<html>", "<body>text</body></html>"),
        ("<head>", "<meta charset='utf-8'></head>text"),
        ("<!doctype html>\n", "<header>not a head</header>"),
        ("", "<body class='a'>text</body>"),
    ],
)
def test_our_script_comes_first_in_a_whole_document(before, after):
    document = filled(before + after)
    assert document.startswith(before + OURS)
    assert document.endswith(after)
    assert document.index("/_mephisto/page.js") < document.index("/wrap_crowd_source.js")


@pytest.mark.parametrize("fragment", ["<p>text</p>", "<header>h</header>", "text", "", "<!-- note --> <p>"])
def test_a_fragment_gets_a_document_around_it(fragment):
    document = filled(fragment)
    assert document.startswith("<!doctype html>")
    assert '<meta charset="utf-8">' in document
    assert 'name="viewport"' in document
    assert f"<body>{fragment}\n</body>" in document
    assert document.index(OURS) < document.index("<body>")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252"])
def test_templates_of_usual_editors_are_read(tmp_path, codec):
    path = tmp_path / "task.html"
    path.write_bytes("<!doctype html><p>Größe „5“</p>".encode(codec))
    assert "<p>Größe „5“</p>" in Document.read(path, "task").fill({})


def test_of_mechanical_turks_own_format_the_page_is_read_with_the_numbers_of_its_lines(tmp_path):
    path = tmp_path / "question.xml"
    path.write_text(
        '<?xml version="1.0"?>\n<HTMLQuestion xmlns="http://mechanicalturk.amazonaws.com/AWS/2011-11-11/HTMLQuestion.xsd">\n'
        "<HTMLContent><![CDATA[\n<!DOCTYPE html>\n<html><body>${a}</body></html>\n]]></HTMLContent>\n"
        "<FrameHeight>450</FrameHeight></HTMLQuestion>"
    )
    shown = Document.read(path, None).fill({"a": "1"})
    assert shown == "\n\n\n<!DOCTYPE html>\n<html><body>1</body></html>\n"


def test_a_sentence_of_the_desk_is_text_and_not_markup():
    assert "<script>" not in error_document("<script>alert(1)</script>")


def test_numbers_that_json_does_not_know_go_out_as_null():
    numbers = {"a": [float("nan"), {"b": float("inf")}, 1.5]}
    assert json.loads(json_text(numbers)) == {"a": [None, {"b": None}, 1.5]}


@pytest.mark.parametrize("text", ["NaN", '{"a": Infinity}', "[" * 100_000, "{", b"\xff"])
def test_what_is_not_json_is_one_kind_of_error(text):
    with pytest.raises(ValueError):  # noqa: PT011 - its words are for nobody
        parse_json(text)
