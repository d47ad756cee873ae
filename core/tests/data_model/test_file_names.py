"""Names of files that browsers send become names that every file system takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mephisto.data_model import file_names


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("sketch.png", "sketch.png"),
        ("Skizze für Ada (2).png", "Skizze für Ada (2).png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a.txt", "a.txt"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("a:b|c?.txt", "a_b_c_.txt"),
        ("nul.txt", "_nul.txt"),
        ("a\x00\n\u202eb.txt", "ab.txt"),
        ("end. ", "end"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_safe(sent, kept):
    assert file_names.safe(sent) == kept


def test_names_that_would_be_one_file_are_numbered():
    assert file_names.distinct(["a.txt", "A.txt", "a (2).txt", "a.txt"]) == [
        "a.txt",
        "A (2).txt",
        "a (2) (2).txt",
        "a (3).txt",
    ]


@given(st.lists(st.text(max_size=300), max_size=6))
def test_whatever_is_sent_the_names_are_safe_distinct_and_short(sent):
    names = file_names.distinct(sent)
    assert len({name.casefold() for name in names}) == len(sent)
    for name in names:
        assert name
        assert name.strip(". ") == name
        assert not set('<>:"/\\|?*\0') & set(name)
        assert len(name.encode()) <= 200
