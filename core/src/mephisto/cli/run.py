"""`mephisto run`: how one run stands, looked at from outside, once or until it ends."""

from typing import Final

import click

EXAMPLES: Final = """\b
Examples:
  mephisto run latest
  mephisto run latest --json
  mephisto run latest --watch
"""


@click.command(epilog=EXAMPLES)
@click.argument("run_id", metavar="RUN")
@click.option("--watch", "watching", is_flag=True, help="Look again and again, until the run ends or Ctrl-C.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON, for another program; with --watch, one line a change.",
)
def run(run_id: str, *, watching: bool, as_json: bool) -> None:
    """Show how a run stands.

    RUN is its id, the first digits of it, or "latest". The run itself is not touched: this may be called from
    any terminal, as often as you like, and leaving it stops nothing.
    """
    from mephisto.cli.watching import show, watch

    if watching:
        watch(run_id, as_json=as_json)
    else:
        show(run_id, as_json=as_json)
