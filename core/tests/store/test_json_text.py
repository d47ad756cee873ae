"""JSON as it is stored: what every browser and database can read."""

import json
import logging

import pytest

from mephisto.store import json_text


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -1.5, "", "naïve ☃ 😀 \ud800 \u2028", [], {}, [1, [2, {"a": None}]], {"a": {"b": ["c"]}}],
)
def test_what_is_written_is_read_back(value, caplog):
    assert json_text.decode(json_text.encode(value)) == value
    assert caplog.records == []


def test_what_is_written_is_plain_ascii():
    """No coding of the database or of a file that it is exported to can spoil it."""
    assert json_text.encode("naïve ☃").isascii()


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_becomes_null_with_a_warning(odd, caplog):
    """json.dumps writes a bare NaN, which no browser reads."""
    assert "N" in json.dumps(odd) or "I" in json.dumps(odd)

    assert json_text.encode({"score": odd, "all": [1, (odd, {"deep": odd})]}) == (
        '{"score":null,"all":[1,[null,{"deep":null}]]}'
    )
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_a_key_that_is_not_finite_becomes_the_key_null(caplog):
    assert json_text.encode({float("nan"): 1}) == '{"null":1}'
    assert len(caplog.records) == 1


@pytest.mark.parametrize("value", ["\0", "a\0b", {"a\0": 1}, ["x", {"deep": ("\0",)}]])
def test_a_nul_character_is_refused(value):
    """Databases cut the text there, or refuse it: the rest of an answer would be lost."""
    with pytest.raises(ValueError, match="NUL"):
        json_text.encode(value)


@pytest.mark.parametrize("value", ["\\u0000", "\\\\u0000", {"\\u0000": "u0000"}])
def test_text_that_only_looks_like_a_nul_character_is_kept(value):
    assert json_text.decode(json_text.encode(value)) == value


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object(), {"deep": [object()]}, {("a",): 1}])
def test_what_is_not_json_is_refused(value):
    with pytest.raises(TypeError):
        json_text.encode(value)


def test_what_holds_itself_or_is_endlessly_deep_is_refused():
    itself = {}
    itself["self"] = itself
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for value in (itself, deep):
        with pytest.raises(ValueError, match="deep"):
            json_text.encode(value)
    while deep:  # or freeing it would be as deep
        deep = deep[0]


def test_equal_values_have_one_digest_and_others_another():
    assert json_text.digest({"a": 1, "b": [2, "ü"]}) == json_text.digest({"b": [2, "ü"], "a": 1})
    assert json_text.digest({"a": 1}) != json_text.digest({"a": "1"})
    assert json_text.digest([1, 2]) != json_text.digest([2, 1])
    assert len(json_text.digest("\ud800")) == 64
