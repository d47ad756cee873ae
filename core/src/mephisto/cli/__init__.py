"""The command `mephisto`: one file a command, imported when it is called."""

import io
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import click

from mephisto import __version__
from mephisto.errors import ConfigError, MephistoError

# Name, where it lives, and what the group's own help says about it without importing it.
COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "launch": ("mephisto.cli.launch:launch", "Launch a task without a run script."),
    "preview": ("mephisto.cli.preview:preview", "Show a template with one row of its data."),
    "runs": ("mephisto.cli.runs:runs", "List the runs, the newest first."),
    "run": ("mephisto.cli.run:run", "Show how a run stands."),
    "clean": ("mephisto.cli.clean:clean", "Take away what a run left behind."),
    "tasks": ("mephisto.cli.tasks:tasks", "List the tasks."),
    "review": ("mephisto.cli.review:review", "Review the answers of a task in the browser."),
    "export": ("mephisto.cli.export:export", "Write the answers of a task into a file."),
    "workers": ("mephisto.cli.workers:workers", "List those who worked; block them, grant qualifications."),
    "outbox": ("mephisto.cli.outbox:outbox", "List what providers have not done; try it again."),
    "receipt": ("mephisto.cli.receipt:receipt", "Show what a worker's receipt is for."),
    "requesters": ("mephisto.cli.requesters:requesters", "List the registered accounts."),
    "register": ("mephisto.cli.register:register", "Register an account with a provider."),
    "import-answer": (
        "mephisto.cli.import_answer:import_answer",
        "Take in an answer that a worker saved as a file.",
    ),
    "wut": ("mephisto.cli.wut:wut", "Show which options there are, and what each of them does."),
    "plugins": ("mephisto.cli.plugins:plugins", "List the installed plugins, and why one is broken."),
    "config": ("mephisto.cli.config:config", "Show or change the settings of this machine."),
    "check": ("mephisto.cli.check:check", "Check that everything here is set up as it should be."),
    "completion": (
        "mephisto.cli.completion:completion",
        "Print what lets the shell complete commands by the Tab key.",
    ),
}

EXAMPLES: Final = """\b
Examples:
  mephisto check                  whether all is set up
  mephisto wut architect=local    options of one plugin
  mephisto runs                   what has been launched
  mephisto launch --help          more about one command
"""


class LazyGroup(click.Group):
    """A group that knows its commands by name, and imports only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the base's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        # The base would import every command to ask whether it is hidden.
        return [
            CompletionItem(name, help=summary)
            for name, (_, summary) in COMMANDS.items()
            if name.startswith(incomplete)
        ]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from mephisto.nearest import did_you_mean

            raise ConfigError(
                f"There is no command {name!r}.{did_you_mean(name, COMMANDS)}",
                f"Commands: {', '.join(COMMANDS)}.",
                "'mephisto --help' says what they do.",
            )
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return self._invoke(ctx)
        except MephistoError as error:
            if ctx.params["debug"]:
                import traceback

                traceback.print_exc()
            else:
                click.echo(f"Error: {error}", err=True)
            return ctx.exit(error.exit_status)

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except UnicodeEncodeError as error:
            # The shell hands on whatever bytes it is given; only paths may be more than text.
            raise ConfigError(
                f"{error.object!a} cannot be looked for, or stored.",
                f"{error.object[error.start]!a} in it is no character.",
                "Write it anew, in the encoding of this terminal.",
            ) from error


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXAMPLES,
)
@click.option("--debug", is_flag=True, help="Show where in the code an error came from.")
@click.version_option(__version__, prog_name="mephisto")
@click.pass_context
def cli(ctx: click.Context, *, debug: bool) -> None:  # noqa: ARG001 - LazyGroup.invoke reads it
    """Write a human task once, run it anywhere, never lose an answer.

    A task is launched by its run script, or by 'mephisto launch'; the other commands are for everything around it.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line and end the process: status 0, 1 if something failed, 2 if it was used wrongly."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a sign still gets the rest
    cli(prog_name="mephisto")
