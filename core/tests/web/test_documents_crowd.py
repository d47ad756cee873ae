"""Whose elements <crowd-...> are: the originals, a copy that the researcher serves, or ours; and which we have."""

import re
from pathlib import Path

import pytest

import mephisto.web
from mephisto.web.documents import Document
from mephisto.web.templates import CROWD_ELEMENTS, Template

ORIGINAL = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'


def test_amazons_script_is_left_out_and_ours_is_brought_only_where_it_is_used():
    with_elements = Document(f"{ORIGINAL}<crowd-form></crowd-form>", "task").fill({})
    assert "page-crowd.js" in with_elements
    assert '<script data-mephisto-left-out="https://assets.crowd.aws' in with_elements
    assert "page-crowd.js" not in Document("<p class='crowd-form'>crowd-form</p>", "task").fill({})


def test_a_copy_that_the_researcher_serves_is_used_instead():
    document = Document(
        '<script src="lib/crowd-html-elements.js"></script><crowd-form></crowd-form>', "task"
    ).fill({})
    assert '<script src="lib/crowd-html-elements.js">' in document
    assert "page-crowd.js" not in document


@pytest.mark.parametrize(
    ("text", "unsupported"),
    [
        ("<crowd-form><crowd-input name='a'></crowd-input></crowd-form>", ()),
        ("<crowd-polygon name='a'>", ("crowd-polygon",)),
        (
            "<crowd-card><crowd-own name='a'></crowd-own><script>customElements.define('crowd-own', X)</script>",
            (),
        ),
        ('<script src="crowd-html-elements.js"></script><crowd-polygon name="a">', ()),
    ],
)
def test_what_is_not_supported_is_known_before(text, unsupported):
    assert Template.of(text).unsupported == unsupported


def test_both_lists_of_elements_are_one():
    scripts = (Path(mephisto.web.__file__).parent / "static").glob("page-crowd*.js")
    text = "".join(script.read_text(encoding="utf-8") for script in scripts)
    defined = {*re.findall(r'"(crowd-[a-z-]+)": ', text), *re.findall(r'define\("(crowd-[a-z-]+)"', text)}
    assert defined == CROWD_ELEMENTS
