"""`mephisto completion`: words that the shell completes by the Tab key."""

from typing import Final

import click

SHELLS: Final = ("bash", "zsh", "fish")
VARIABLE: Final = "_MEPHISTO_COMPLETE"

EXAMPLES: Final = """\b
Examples:
  mephisto completion bash
  mephisto completion zsh
  mephisto completion fish

\b
To have it in every new shell, add the line of yours to
~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish:
  eval "$(mephisto completion bash)"
  eval "$(mephisto completion zsh)"
  mephisto completion fish | source
"""


@click.command(epilog=EXAMPLES)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what lets the shell complete commands by the Tab key."""
    from click.shell_completion import get_completion_class

    from mephisto.cli import cli

    found = get_completion_class(shell)
    if found is not None:
        click.echo(found(cli, {}, "mephisto", VARIABLE).source())
