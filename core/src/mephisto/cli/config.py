"""`mephisto config`: the settings of this machine."""

from pathlib import Path
from typing import Final

import click

from mephisto import settings
from mephisto.cli.output import print_json
from mephisto.nearest import did_you_mean

EXAMPLES: Final = """\b
Examples:
  mephisto config
  mephisto config core.main_data_directory
  mephisto config core.main_data_directory ~/mephisto
  mephisto config --json
"""


@click.command(epilog=EXAMPLES)
@click.argument("identifier", required=False, metavar="[SECTION.KEY")
@click.argument("value", required=False, metavar="[VALUE]]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def config(identifier: str | None, value: str | None, *, as_json: bool) -> None:
    """Show or change the settings of this machine.

    Without a name all are shown, and the file they stand in; with a name, its value.

    core.main_data_directory is the folder in which runs keep their data. The environment variable
    MEPHISTO_DATA_DIR comes before it.
    """
    if identifier is None:
        print_json({"file": str(settings.settings_file()), **settings.read()}) if as_json else _show_all()
    elif value is None:
        found = settings.get(identifier)
        print_json(found) if as_json else click.echo("" if found is None else found)
    else:
        _change(identifier, value)


def _show_all() -> None:
    path = settings.settings_file()
    click.echo(f"{path}:\n")
    if settings.read():
        click.echo(path.read_text(encoding="utf-8").rstrip("\n"))
    else:
        click.echo("Nothing is set.")


def _change(identifier: str, value: str) -> None:
    if identifier == settings.DATA_DIRECTORY:
        # A relative path would be another folder from wherever a run is started.
        value = str(Path(value).expanduser().absolute())
    settings.set(identifier, value)
    # Spelt as scripts have come to expect it.
    click.echo(f"{identifier} succesfully updated to: {value}")
    guess = did_you_mean(identifier, [settings.DATA_DIRECTORY])
    if guess and identifier != settings.DATA_DIRECTORY:
        click.echo(f"Note: nothing in mephisto itself reads {identifier}.{guess}", err=True)
