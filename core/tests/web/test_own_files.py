"""Our own files are sent without what only their readers need, and only when they have changed."""

from pathlib import Path

import pytest
import requests

import mephisto.web

STATIC = Path(mephisto.web.__file__).parent / "static"
SCRIPTS = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.js"))
STYLES = sorted(path.name for path in STATIC.glob("*.css"))
# Sent in another form, all parts as one.
ONE_SCRIPT = "page.js"


def is_comment(name, line):
    text = line.strip()
    return text.startswith("//") if name in SCRIPTS else text.startswith("/*") and text.endswith("*/")


@pytest.mark.parametrize("name", SCRIPTS)
def test_texts_over_several_lines_are_styles_which_need_no_indents(name):
    """Such text stands between backticks; a line that began with // would be missing in it, too."""
    ticks = 0
    for number, line in enumerate((STATIC / name).read_text(encoding="utf-8").splitlines(), 1):
        if is_comment(name, line):
            assert ticks % 2 == 0, f"{name}:{number} is part of a text"
            continue
        assert "/*" not in line, f"{name}:{number} begins a comment of another kind"
        assert not line.endswith("\\"), f"{name}:{number} goes on in the next line"
        was_inside, ticks = ticks % 2, ticks + line.count("`")
        if not was_inside and ticks % 2:
            assert line == "const STYLE = `", f"{name}:{number} begins a text that may need its indents"
    assert ticks % 2 == 0, f"{name}: the rule cannot tell where texts end"


@pytest.mark.parametrize("name", STYLES)
def test_comments_of_styles_end_in_the_line_in_which_they_begin(name):
    for line in (STATIC / name).read_text(encoding="utf-8").splitlines():
        assert line.count("/*") == line.count("*/") <= 1, line


def test_files_are_sent_without_comments_and_indents_and_every_line_stays_where_it_is(start):
    """Errors are told with the line of the file."""
    url = start()
    for name in (*SCRIPTS, *STYLES):
        if name == ONE_SCRIPT or "/" in name:
            continue
        source = (STATIC / name).read_text(encoding="utf-8").split("\n")
        served = requests.get(f"{url}/_mephisto/{name}").content.decode().split("\n")
        assert served == ["" if is_comment(name, line) else line.lstrip(" ") for line in source], name


@pytest.mark.parametrize(("name", "kind"), [("shell.js", "text/javascript"), ("look.css", "text/css")])
def test_a_browser_asks_each_time_and_is_sent_only_what_it_does_not_have(start, name, kind):
    address = f"{start()}/_mephisto/{name}"
    first = requests.get(address)
    assert first.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert first.headers["Cache-Control"] == "no-cache"
    again = requests.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-cache"
    other = requests.get(address, headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)
