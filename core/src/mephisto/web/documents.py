"""A researcher's template as a document of its own, with our script first in it."""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

from mephisto.web.encoding import json_text

_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")

# What may stand before the first element of a document's head. It matches every text, if only in length 0.
_SPACE: Final = r"(?:\s|<!--.*?-->)*+"
_PROLOGUE: Final = re.compile(
    rf"\ufeff?{_SPACE}(?P<doctype><!doctype[^>]*>)?{_SPACE}(?P<html><html(?:\s[^>]*)?>)?"
    rf"{_SPACE}(?P<head><head(?:\s[^>]*)?>)?",
    re.IGNORECASE | re.DOTALL,
)
_BODY: Final = re.compile(rf"{_SPACE}<body[\s>]", re.IGNORECASE | re.DOTALL)

_SCRIPTS: Final = (
    '<script type="application/json" id="mephisto-page">{data}</script>'
    '<script src="/_mephisto/page.js"></script>'
    '<script src="/wrap_crowd_source.js"></script>'
)
_STYLE_LINK: Final = '<link rel="stylesheet" href="/_mephisto/page.css">'
_STYLE_FILE: Final = Path(__file__).parent / "static" / "page.css"
_FRAGMENT: Final = (
    '<!doctype html>\n<html class="mephisto-fragment">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    "{scripts}\n"
    "{style}\n"
    "</head>\n<body>\n{fragment}\n</body>\n</html>\n"
)


class Document:
    """A template, read once, to be filled for each worker."""

    def __init__(self, template: str, page: str | None) -> None:
        """Prepare *template* to be shown as *page*, which our script is told: `task`, `preview`, `onboarding`.

        None leaves our scripts out, for a page that is looked at without a server.
        """
        # Every second piece is the name of a variable.
        self._pieces = _VARIABLE.split(_with_scripts(template, page))

    @classmethod
    def read(cls, path: Path, page: str | None) -> Self:
        """Read a template, which is UTF-8, or, if it cannot be, what Windows used before."""
        content = path.read_bytes()
        try:
            template = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            template = content.decode("cp1252", errors="replace")
        return cls(template, page)

    def fill(self, values: Mapping[str, Any]) -> str:
        """Replace each `${name}` that *values* knows by its value, as it is: nothing is escaped."""
        pieces = list(self._pieces)
        for position in range(1, len(pieces), 2):
            name = pieces[position]
            pieces[position] = _text(values[name]) if name in values else f"${{{name}}}"
        return "".join(pieces)


def error_document(sentence: str) -> str:
    """Return a small page that says *sentence*."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="stylesheet" href="/_mephisto/shell.css">\n<title>Not available</title>\n</head>\n'
        f'<body>\n<main class="notice"><p>{html.escape(sentence)}</p></main>\n</body>\n</html>\n'
    )


def _text(value: Any) -> str:
    # Inside a script of the template, `${flag}` of a JSON row has to be `true` and not `True`.
    return value if isinstance(value, str) else json_text(value, ensure_ascii=False, default=str)


def _with_scripts(template: str, page: str | None) -> str:
    if page is None:
        scripts, style = "", f"<style>\n{_STYLE_FILE.read_text(encoding='utf-8')}</style>"
    else:
        scripts = _SCRIPTS.format(data=json.dumps({"page": page}).replace("<", "\\u003c"))
        style = _STYLE_LINK
    prologue = _PROLOGUE.match(template)
    end = prologue.end() if prologue else 0
    whole = prologue is not None and any(prologue.groupdict().values())
    if whole or _BODY.match(template, end):
        return template[:end] + scripts + template[end:]
    return _FRAGMENT.format(scripts=scripts, style=style, fragment=template)
