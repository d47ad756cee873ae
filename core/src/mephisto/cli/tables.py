"""How commands print tables, so that all of them look alike."""

import re
from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from mephisto.cli.output import width

# A column of sentences that would be narrower makes the table stand on its side.
NARROWEST_SENTENCES = 14
# Names are folded to this before that happens.
FOLDED_NAME = 17


def print_table(title: str, rows: Sequence[Mapping[str, str]], sentences: str) -> None:
    """Print *rows*, at least one and all with the same keys; the column *sentences* takes what room there is.

    A terminal too narrow for all the columns gets each row as a list of its values.
    """
    room = width()
    table = _lying(rows, sentences, room) or _standing(rows)
    table.title = f"\n{title}"
    # What plugins say is text, not markup of ours.
    Console(width=room, highlight=False, markup=False, emoji=False).print(table)


def _lying(rows: Sequence[Mapping[str, str]], sentences: str, room: int) -> Table | None:
    borders = 3 * len(rows[0]) + 1
    for fold in (str, _folded):
        shown = [{key: text if key == sentences else fold(text) for key, text in row.items()} for row in rows]
        taken = sum(_widest([key, *(row[key] for row in shown)]) for key in rows[0] if key != sentences)
        if room - borders - taken >= NARROWEST_SENTENCES:
            table = Table(box=box.ROUNDED, expand=True, show_lines=True)
            for key in rows[0]:
                table.add_column(key, overflow="fold", ratio=1 if key == sentences else None)
            for row in shown:
                table.add_row(*row.values())
            return table
    return None


def _standing(rows: Sequence[Mapping[str, str]]) -> Table:
    table = Table(box=box.ROUNDED, expand=True, show_header=False)
    table.add_column()
    table.add_column(overflow="fold", ratio=1)
    for row in rows:
        for key, text in row.items():
            table.add_row(key, text)
        table.add_section()
    return table


def _widest(texts: Iterable[str]) -> int:
    return max(len(line) for text in texts for line in text.split("\n"))


def _folded(text: str) -> str:
    """Break long words of *text* behind a joining sign where one allows it."""
    lines = [""]
    for part in re.findall(r"[^_\-./ \n]*[_\-./ ]?|\n", text):
        if part == "\n" or len(lines[-1]) + len(part) > FOLDED_NAME:
            lines.append("")
        lines[-1] += part.strip("\n")
    return "\n".join(line for line in lines if line)
