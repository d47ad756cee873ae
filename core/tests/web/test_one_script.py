"""The script that comes first in a page is written as modules, and sent as one classic script."""

import re
from collections import Counter
from pathlib import Path

import requests

import mephisto.web

STATIC = Path(mephisto.web.__file__).parent / "static"
# In the order in which they run.
PARTS = [
    f"page/{name}.js"
    for name in ("ground", "configuration", "answer", "roots", "button", "talking", "submitting")
]
PARTS.append("page.js")
DECLARED = re.compile(r"^(export )?(?:async )?(?:const|let|class|function) (\w+|\{.*?\})", re.MULTILINE)
IMPORTED = re.compile(r'^import (?:\{ (.*) \} from )?"\./(.*)";$', re.MULTILINE)


def lines_of(name):
    """Read the lines of a file, with none of its comments."""
    lines = (STATIC / name).read_text(encoding="utf-8").splitlines()
    return ["" if line.lstrip().startswith("//") else line for line in lines]


def test_all_parts_are_sent_as_one_function_each_below_its_name(start):
    """A line in an error, less the line of the name above it, is the line in the file of that name."""
    url = start()
    served = requests.get(f"{url}/_mephisto/page.js").content.decode().splitlines()
    expected = ["(() => {", '"use strict";']
    for name in PARTS:
        expected.append(f"// {Path(name).name}")
        expected += [IMPORTED.sub("", line).lstrip().removeprefix("export ") for line in lines_of(name)]
    assert served == [*expected, "})();"]
    assert {path.name for path in (STATIC / "page").iterdir()} == {Path(name).name for name in PARTS[:-1]}
    assert requests.get(f"{url}/_mephisto/page/ground.js").status_code == 404


class Part:
    """The names that one part declares, exports, imports and uses; those of others with the file they are from."""

    def __init__(self, name):
        text = "\n".join(lines_of(name))
        found = [(word, re.findall(r"\w+", names)) for word, names in DECLARED.findall(text)]
        self.declared = [declared for _, names in found for declared in names]
        self.exported = {(name, exported) for word, names in found if word for exported in names}
        self.imported = {
            ((Path(name).parent / address).as_posix(), word)
            for words, address in IMPORTED.findall(text)
            for word in filter(None, words.split(", "))
        }
        code = re.sub(r'"[^"\n]*"|`[^`]*`', "", IMPORTED.sub("", text))
        # Neither properties nor keys.
        self.used = set(re.findall(r"(?:(?<![\w.])|(?<=\.\.\.))\w+\b(?!: )", code))


def test_no_two_parts_declare_the_same_name_and_what_they_use_of_each_other_is_imported():
    """Together, they would see each other's names, and none of this would be noticed."""
    parts = {name: Part(name) for name in PARTS}
    declared = Counter(name for part in parts.values() for name in part.declared)
    assert [name for name, times in declared.items() if times > 1] == []
    exported = set.union(*(part.exported for part in parts.values()))
    for name, part in parts.items():
        others = {(other, word) for other, word in exported if other != name and word in part.used}
        assert part.imported == others, name
