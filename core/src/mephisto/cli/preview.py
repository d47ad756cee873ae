"""`mephisto preview`: a template with its data, as workers would see it, without a launch."""

import time
from pathlib import Path
from typing import Final

import click

from mephisto.errors import ConfigError

SECONDS_BETWEEN_LOOKS: Final = 3600

EXAMPLES: Final = """\b
Examples:
  mephisto preview task.html data.csv
  mephisto preview task.html data.csv --row 3
  mephisto preview task.html data.jsonl --extra pictures
  mephisto preview task.html data.csv --check
"""


@click.command(epilog=EXAMPLES)
@click.argument("template", metavar="TEMPLATE.html", type=click.Path(path_type=Path))
@click.argument("data", metavar="[DATA.csv]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--row", type=click.IntRange(min=1), default=1, metavar="N", help="Which row of the data to show (1)."
)
@click.option(
    "--extra",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the files that the template refers to, as mephisto.blueprint.extra_source_dir.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Port of the page; any free one."
)
@click.option("--check", is_flag=True, help="Say whether template and data fit, and show no page.")
def preview(
    template: Path, data: Path | None, extra: Path | None, row: int, port: int, *, check: bool
) -> None:
    """Show a template with one row of its data.

    The page is what workers would see, but nothing is launched or stored. It is said which variables of the template
    the data lacks, and which columns the template does not use. The page can be filled in and submitted: the answer
    is shown in the browser and printed here. When a file changes, the page is loaded again. Ctrl-C ends it.

    DATA may be CSV, JSON (a list of objects) or JSON Lines. Only this machine can open the page.
    """
    from mephisto.tools import previewing

    if data is not None and data.suffix.lower() not in previewing.DATA_OPTIONS:
        raise ConfigError(
            f"{data} is none of {', '.join(previewing.DATA_OPTIONS)}.",
            "The ending of its name says how data is read.",
            "Rename it, or save it in one of these formats.",
        )
    looked_at = previewing.Preview(template.absolute(), data and data.absolute(), extra and extra.absolute())
    remarks = looked_at.read()
    looked_at.row(row)
    for remark in remarks:
        click.echo(remark)
    if check:
        rows = len(looked_at.rows)
        click.echo(f"{rows} row{'' if rows == 1 else 's'} can be shown.")
        return
    app = previewing.ReloadingApp(looked_at, click.echo)
    try:
        server = previewing.served(app, port)
    except OSError as error:
        app.close()
        raise ConfigError(
            f"Port {port} cannot be used.", f"{error.strerror}.", "Choose another, or leave --port out."
        ) from error
    click.echo(f"Row {row} of {len(looked_at.rows)}: {server.url}/?worker_id=you&assignment_id={row}")
    click.echo("Ctrl-C ends the preview.")
    try:
        while True:
            time.sleep(SECONDS_BETWEEN_LOOKS)
    except KeyboardInterrupt:
        click.echo("")
    finally:
        server.stop()
        app.close()
