"""A module as a classic script, for what has to run before any other script of a document."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(rb'^import (?:\{.*\} from )?"(\./[\w./-]+)";\r?$', re.MULTILINE)
_EXPORT: Final = re.compile(rb"^export ", re.MULTILINE)


def one_script(module: Path, read: Callable[[Path], bytes]) -> bytes:
    """Return *module* and all that it imports, in the order in which a browser would run them, as one function.

    Each part stands below its name: a line in an error, less the line of that name, is the line in its file. No two
    parts may declare the same name, since together they see each other's.
    """
    parts: dict[Path, bytes] = {}
    _add(module, read, parts)
    named = (b"// %s\n%s" % (path.name.encode(), text) for path, text in parts.items())
    return b'(() => {\n"use strict";\n%s})();\n' % b"".join(named)


def _add(module: Path, read: Callable[[Path], bytes], parts: dict[Path, bytes]) -> None:
    text = read(module)
    for name in _IMPORT.findall(text):
        imported = module.parent / name.decode()
        if imported not in parts:
            _add(imported, read, parts)
    parts[module] = _EXPORT.sub(b"", _IMPORT.sub(b"", text))
