"""What a template says about itself before anyone sees it: its variables, and what will not work. Standard library only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mephisto.web.documents import VARIABLE, brings_crowd_elements, read_template

#: Variables that every page knows, whatever its data.
ALWAYS_KNOWN: Final = frozenset({"mephisto_agent_id", "provider_worker_id"})
#: The elements of page-crowd.js.
CROWD_ELEMENTS: Final = frozenset(
    f"crowd-{name}"
    for name in (
        *("button", "checkbox", "classifier", "form", "input", "instructions"),
        *("radio-button", "radio-group", "slider", "text-area"),
    )
)

_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_SCRIPT: Final = re.compile(r"(<script\b[^>]*>)(.*?)(</script\s*>)", re.DOTALL | re.IGNORECASE)
_SCRIPTS_TEXT: Final = re.compile(r"`(?:\\.|[^`\\])*`", re.DOTALL)
_TAG: Final = re.compile(r"<[a-zA-Z](?:\"[^\"]*\"|'[^']*'|[^'\">])*>")
_QUOTED: Final = re.compile(r"=\s*\"([^\"]*)\"|'[^']*'")
_CROWD_FIELD: Final = re.compile(r"<(crowd-[a-z-]+)\b[^<>]*\bname\s*=", re.IGNORECASE)


@dataclass(frozen=True)
class Template:
    """`mentioned` are all names that stand as `${name}`; `needed` those that no script of the page makes itself.

    `quoted` are those that stand inside an attribute's double quotes, which double quotes in the data would end.
    """

    mentioned: frozenset[str]
    needed: frozenset[str]
    quoted: frozenset[str]
    unsupported: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """Look at the text of a template."""
        # In a script, text between backticks has variables of its own, written alike.
        shown = _SCRIPT.sub(
            lambda found: found[1] + _SCRIPTS_TEXT.sub("", found[2]) + found[3], _COMMENT.sub("", text)
        )
        fields = {name.lower() for name in _CROWD_FIELD.findall(shown)} if brings_crowd_elements(text) else ()
        own = {name for name in fields if re.search(rf"define\(\s*[\"'`]{name}[\"'`]", text)}
        return cls(
            mentioned=frozenset(VARIABLE.findall(text)),
            needed=frozenset(filter(None, VARIABLE.findall(shown))) - ALWAYS_KNOWN,
            quoted=frozenset(
                name
                for tag in _TAG.findall(_SCRIPT.sub(r"\g<1>\g<3>", shown))
                for value in _QUOTED.findall(tag)
                for name in VARIABLE.findall(value)
            ),
            unsupported=tuple(sorted(set(fields) - CROWD_ELEMENTS - own)),
        )

    @classmethod
    def read(cls, path: Path) -> "Template":
        """Look at a file."""
        return cls.of(read_template(path))

    def without_use(self, columns: Iterable[str]) -> list[str]:
        """Name the *columns* that the template does not mention, in their order."""
        return [column for column in columns if column not in self.mentioned]
