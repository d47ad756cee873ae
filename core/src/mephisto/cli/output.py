"""How commands print prose and JSON. Tables have a module of their own, which takes longer to import."""

import json
import shutil
from typing import Any

import click

# What goes to a file or to another program is so wide, where COLUMNS does not say otherwise.
WIDTH_OF_FILES = 100


def width() -> int:
    """Return how many columns there are to print on."""
    return shutil.get_terminal_size(fallback=(WIDTH_OF_FILES, 24)).columns


def print_text(text: str) -> None:
    """Print paragraphs of prose, wrapped to the terminal."""
    click.echo(click.wrap_text(text, width(), preserve_paragraphs=True))


def print_json(value: Any) -> None:
    """Print *value* for another program to read."""
    click.echo(json.dumps(value, indent=2, default=str))
