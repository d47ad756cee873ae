"""Our own files are sent without the comments of their scripts, and only when they have changed."""

from pathlib import Path

import pytest
import requests

import mephisto.web

STATIC = Path(mephisto.web.__file__).parent / "static"
SCRIPTS = sorted(path.name for path in STATIC.glob("*.js"))


def is_comment(line):
    return line.lstrip().startswith("//")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_comment_line_stands_in_no_text_that_the_script_uses(name):
    """Text over several lines is between backticks; a line that begins with // would be missing in it."""
    ticks = 0
    for number, line in enumerate((STATIC / name).read_text(encoding="utf-8").splitlines(), 1):
        if is_comment(line):
            assert ticks % 2 == 0, f"{name}:{number} is part of a text"
        else:
            assert "/*" not in line, f"{name}:{number} begins a comment of another kind"
            assert not line.endswith("\\"), f"{name}:{number} goes on in the next line"
            ticks += line.count("`") - line.count("\\`")
    assert ticks % 2 == 0, f"{name}: the rule cannot tell where texts end"


def test_scripts_are_sent_without_their_comments_and_every_other_line_stays_where_it_is(start):
    """Errors are told with the line of the file."""
    url = start()
    for name in SCRIPTS:
        source = (STATIC / name).read_text(encoding="utf-8").split("\n")
        served = requests.get(f"{url}/_mephisto/{name}").content.decode().split("\n")
        assert served == ["" if is_comment(line) else line for line in source], name


def test_styles_are_sent_as_they_are(start):
    url = start()
    for path in STATIC.glob("*.css"):
        assert requests.get(f"{url}/_mephisto/{path.name}").content == path.read_bytes()


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
