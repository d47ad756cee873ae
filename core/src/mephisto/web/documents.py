"""A researcher's template as a document of its own, with our script first in it."""

import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Self

from mephisto.web.encoding import json_text

#: What stands for a value of the data.
VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")

# What may stand before the first element of a document's head. It matches every text, if only in length 0.
_SPACE: Final = r"(?:\s|<!--.*?-->|<\?[^>]*>)*+"
_PROLOGUE: Final = re.compile(
    rf"\ufeff?{_SPACE}(?P<doctype><!doctype[^>]*>)?{_SPACE}(?P<html><html(?:\s[^>]*)?>)?"
    rf"{_SPACE}(?P<head><head(?:\s[^>]*)?>)?",
    re.IGNORECASE | re.DOTALL,
)
# What Mechanical Turk's own format has around a page.
_QUESTION: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?<HTMLQuestion\b.*?<!\[CDATA\[(?P<page>.*)\]\]>\s*</HTMLContent>", re.DOTALL
)
_BODY: Final = re.compile(rf"{_SPACE}<body[\s>]", re.IGNORECASE | re.DOTALL)

_BODY_START: Final = re.compile(r"<body(?:\s[^>]*)?>", re.IGNORECASE)
_BODY_END: Final = re.compile(r"(?:</body\s*>|</html\s*>|\s)*\Z", re.IGNORECASE)

_SCRIPTS: Final = (
    '<script type="application/json" id="mephisto-page">{data}</script>'
    '<script src="/_mephisto/page.js"></script>'
    "{more}"
    '<script src="/wrap_crowd_source.js"></script>'
)
_CROWD_SCRIPT: Final = '<script src="/_mephisto/page-crowd{part}.js"></script>'
# Scripts for elements that fewer pages use, by what names those begin with.
_CROWD_PARTS: Final = {
    "button": ("crowd-button",),
    "choices": ("crowd-checkbox", "crowd-radio"),
    "classifier": ("crowd-classifier",),
    "slider": ("crowd-slider",),
}
_STYLE_LINK: Final = '<link rel="stylesheet" href="/_mephisto/page.css">'
_STYLE_FILE: Final = Path(__file__).parent / "static" / "page.css"
# In one line, so that an error in the fragment is told with the line that it has in its file.
_FRAGMENT: Final = (
    '<!doctype html><html class="mephisto-fragment"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "{scripts}{style}</head><body>{fragment}\n</body>\n</html>\n"
)

# Mechanical Turk put a form of these names around a template, and scripts count on it.
_FORM_AROUND: Final = (
    '<form id="mturk_form" name="mturk_form" method="post" data-mephisto><input type="hidden" id="assignmentId" value="">',
    '<p class="mephisto-submit"><input type="submit" id="submitButton" class="btn btn-primary" value="Submit"></p></form>',
)
_NAMES_AROUND: Final = re.compile(r"\b(?:mturk_form|submitButton)\b")
_FORM: Final = re.compile(r"<form[\s>]|<crowd-form[\s>]", re.IGNORECASE)
_OWN_NAMES: Final = re.compile(r"\bid\s*=\s*[\"']?(?:mturk_form|submitButton)\b", re.IGNORECASE)

_CROWD: Final = re.compile(r"(?:<|createElement\(\s*[\"'`])crowd-[a-z]", re.IGNORECASE)
_CROWD_ORIGINAL: Final = re.compile(
    r"(<script[^>]*\s)src(?=\s*=\s*[\"']?(?P<address>[^\s\"'>]*crowd-html-elements[^\s\"'>/]*\.js))",
    re.IGNORECASE,
)
_CROWD_HOST: Final = re.compile(r"\A(?:https?:)?//assets\.crowd\.aws/", re.IGNORECASE)
# How a value that is no text stands in a template.
_READABLE: Final = json.JSONEncoder(allow_nan=False, ensure_ascii=False, default=str)
_LEFT_OUT: Final = "data-mephisto-left-out"
_MODULE: Final = re.compile(
    r"(<script\b[^>]*\stype\s*=\s*[\"']?)(module)\b([^>]*>(?:(?!</script).)*)", re.IGNORECASE | re.DOTALL
)


class Document:
    """A template, read once, to be filled for each worker."""

    def __init__(self, template: str, page: str | None, name: str = "") -> None:
        """Prepare *template* to be shown as *page*, which our script is told: `task`, `preview`, `onboarding`.

        None leaves our scripts out, for a page that is looked at without a server. *name* is what errors call it.
        """
        # Every second piece is the name of a variable.
        self._pieces = VARIABLE.split(_with_scripts(_with_form(template), page, name))

    @classmethod
    def read(cls, path: Path, page: str | None) -> Self:
        """Read a template from a file."""
        return cls(read_template(path), page, path.name)

    def fill(self, values: Mapping[str, Any], without: Iterable[str] = ()) -> str:
        """Replace each `${name}` that *values* knows by its value, as it is: nothing is escaped.

        Scripts and style sheets at the addresses *without* are left out: they did not answer.
        """
        pieces = list(self._pieces)
        for position in range(1, len(pieces), 2):
            name = pieces[position]
            pieces[position] = _text(values[name]) if name in values else f"${{{name}}}"
        text = "".join(pieces)
        for address in without:
            text = _left_out(text, address)
        return text


def read_template(path: Path) -> str:
    """Read a file that is UTF-8, or, if it cannot be, what Windows used before; of an `HTMLQuestion`, the page in it."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    question = _QUESTION.match(text)
    if question is None:
        return text
    # Its lines keep their numbers.
    return "\n" * text.count("\n", 0, question.start("page")) + question["page"]


def error_document(sentence: str) -> str:
    """Return a small page that says *sentence*."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="stylesheet" href="/_mephisto/look.css">\n<title>Not available</title>\n</head>\n'
        f'<body>\n<main class="notice"><p>{html.escape(sentence)}</p></main>\n</body>\n</html>\n'
    )


def _text(value: Any) -> str:
    # Inside a script of the template, `${flag}` of a JSON row has to be `true` and not `True`.
    return value if isinstance(value, str) else json_text(value, _READABLE)


def _left_out(text: str, address: str) -> str:
    written = "|".join(re.escape(form) for form in {address, html.escape(address)})
    text = re.sub(
        rf"(<(?:script|link)\b[^>]*\s)(?:src|href)(?=\s*=\s*[\"']?(?:{written})[\"'\s>])",
        rf"\g<1>{_LEFT_OUT}",
        text,
        flags=re.IGNORECASE,
    )
    # A module does not run at all without what it imports.
    quoted = re.compile(rf"\b(?:from|import)\s*[\"']{re.escape(address)}[\"']")
    return _MODULE.sub(
        lambda found: f"{found[1]}{_LEFT_OUT}{found[3]}" if quoted.search(found[3]) else found[0], text
    )


def _with_form(template: str) -> str:
    if not _NAMES_AROUND.search(template) or _FORM.search(template) or _OWN_NAMES.search(template):
        return template
    before, after = _FORM_AROUND
    body = _BODY_START.search(template)
    prologue = _PROLOGUE.match(template)
    if body is None and prologue is not None and prologue["head"]:
        return template  # where its head ends is for the browser to say
    start = body.end() if body else prologue.end() if prologue else 0
    end = _BODY_END.search(template, start)
    stop = end.start() if end else len(template)
    return template[:start] + before + template[start:stop] + after + template[stop:]


def _with_scripts(template: str, page: str | None, name: str) -> str:
    if page is None:
        scripts, style = "", f"<style>\n{_STYLE_FILE.read_text(encoding='utf-8')}</style>"
    else:
        template, more = _with_crowd_elements(template)
        data = json.dumps({"page": page, "file": name}).replace("<", "\\u003c")
        scripts, style = _SCRIPTS.format(data=data, more=more), _STYLE_LINK
    prologue = _PROLOGUE.match(template)
    end = prologue.end() if prologue else 0
    whole = prologue is not None and any(prologue.groupdict().values())
    if whole or _BODY.match(template, end):
        return template[:end] + scripts + template[end:]
    return _FRAGMENT.format(scripts=scripts, style=style, fragment=template)


def brings_crowd_elements(template: str) -> bool:
    """Say whether *template* is given our crowd elements: it uses them, and brings no copy of Amazon's of its own."""
    addresses = (found["address"] for found in _CROWD_ORIGINAL.finditer(template))
    return bool(_CROWD.search(template)) and all(_CROWD_HOST.match(address) for address in addresses)


def _with_crowd_elements(template: str) -> tuple[str, str]:
    if not brings_crowd_elements(template):
        return template, ""
    text = template.lower()
    parts = [f"-{part}" for part, names in _CROWD_PARTS.items() if any(name in text for name in names)]
    scripts = "".join(_CROWD_SCRIPT.format(part=part) for part in ("", *parts))
    return _CROWD_ORIGINAL.sub(rf"\g<1>{_LEFT_OUT}", template), scripts
