"""`mephisto outbox`: what was decided, and providers have not done."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import click

from mephisto.cli.output import print_json
from mephisto.counting import counted, there_are
from mephisto.errors import ConfigError, MephistoError, NotFound
from mephisto.instants import local_text

EXAMPLES: Final = """\b
Examples:
  mephisto outbox               what is not done, and why
  mephisto outbox --json
  mephisto outbox retry --all   for all that failed
  mephisto outbox retry 191508737664519036
  mephisto outbox dismiss 191508737664519036
"""

#: How long is waited while another process works for the same account.
PATIENCE_SECONDS: Final = 5.0


@click.group(epilog=EXAMPLES, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
@click.pass_context
def outbox(context: click.Context, /, *, as_json: bool) -> None:
    """List what providers have not done; try it again.

    What waits is done with the next review or run, or by 'mephisto outbox retry'. What failed is tried again only
    when you ask for it.
    """
    if context.invoked_subcommand is not None:
        return
    from mephisto.cli.stored import looking
    from mephisto.review.outbox import described
    from mephisto.store import outbox as stored

    with looking() as (_, connection):
        found = [] if connection is None else described(stored.unsettled(connection))
    if as_json:
        print_json([_as_json(action) for action in found])
    elif not found:
        click.echo("Providers have done all that was asked for.")
    else:
        from mephisto.cli.tables import print_table

        print_table("Not done by providers", [_row(action) for action in found], sentences="why")


_IDS = click.argument("ids", nargs=-1, metavar="[ID]...")


@outbox.command()
@_IDS
@click.option("--all", "is_all", is_flag=True, help="All that failed.")
def retry(ids: tuple[str, ...], *, is_all: bool) -> None:
    """Ask the provider once more for what failed: each ID, or --all.

    It is asked with the same token as before, so that a provider that did it after all does not do it twice.
    What waits and is due is done, too.
    """
    if bool(ids) == is_all:
        raise ConfigError(
            "Say what is to be tried again.",
            "Either name IDs, or give --all.",
            "'mephisto outbox' lists them.",
        )
    from mephisto.review import outbox as reviewed

    with _opened(ids) as (db, failed):
        wanted = [action for action in failed if is_all or action.id in ids]
        tried = reviewed.retry(db, [action.id for action in wanted])
        reviewed.send_now(db, PATIENCE_SECONDS)
        left = {action.id: action for action in reviewed.open_actions(db)}
    for action in wanted:
        if action.id not in tried:
            click.echo(
                f"{action.what}: not asked for, as it was decided otherwise since. "
                f"'mephisto outbox dismiss {action.id}' lets it be."
            )
    if wanted:
        click.echo(f"{there_are(sum(each not in left for each in tried), 'thing')} done of {len(wanted)}.")
    else:
        click.echo("Nothing failed. What was due is done.")
    not_done = [left[each] for each in tried if each in left]
    if not_done:
        raise MephistoError(
            f"Not done: {counted(len(not_done), 'thing')}.",
            "\n".join(f"{action.what}: {action.error or 'it waits.'}" for action in not_done),
            "'mephisto outbox' lists all; what was done by other means is dismissed.",
        )


@outbox.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
def dismiss(ids: tuple[str, ...]) -> None:
    """Let it be: each ID was done by other means, or shall not be done.

    The provider is never asked for it again; the decision stays as it is.
    """
    from mephisto.review import outbox as reviewed

    with _opened(ids) as (db, failed):
        dismissed = reviewed.dismiss(db, ids)
    for action in failed:
        if action.id in dismissed:
            click.echo(f"{action.what}: dismissed.")


@contextmanager
def _opened(ids: Sequence[str]) -> Iterator[tuple[Any, list[Any]]]:
    """Give the database, and what failed in it; raise `NotFound` if one of *ids* is not among that."""
    from mephisto.cli.stored import looking
    from mephisto.review.outbox import described, open_actions
    from mephisto.status import ActionState
    from mephisto.store import outbox as stored

    with looking() as (_, connection):
        known = [] if connection is None else described(stored.unsettled(connection))
    _refuse_what_has_not_failed(ids, known)
    from mephisto.data_model.database import LocalMephistoDB

    db = LocalMephistoDB()
    try:
        yield db, [action for action in open_actions(db) if action.state == ActionState.FAILED]
    finally:
        db.shutdown()


def _refuse_what_has_not_failed(ids: Sequence[str], known: Sequence[Any]) -> None:
    from mephisto.status import ActionState

    by_id = {action.id: action for action in known}
    for each in ids:
        if each not in by_id:
            raise NotFound(f"There is nothing open with the id {each!r}.", "", "'mephisto outbox' lists it.")
        if by_id[each].state != ActionState.FAILED:
            raise MephistoError(
                f"{by_id[each].what}: it has not failed.",
                "It waits, and is done with the next review or run.",
                "'mephisto outbox retry --all' does at once what is due.",
            )


def _as_json(action: Any) -> dict[str, Any]:
    from mephisto.cli.stored import iso_text

    return {
        "id": action.id,
        "kind": action.kind,
        "what": action.what,
        "state": action.state,
        "why": action.error,
        "attempts": action.attempts,
        "worker": action.worker,
        "provider": action.provider,
        "requester": action.account,
        "task": action.task,
        "row": action.row,
        "agent_id": action.agent_id,
        "decision_id": action.decision_id,
        "since": iso_text(action.since),
    }


def _row(action: Any) -> dict[str, str]:
    return {
        "id": action.id,
        "what": action.what,
        "state": action.state,
        "why": action.error,
        "since": local_text(action.since).replace(" ", "\n"),
    }
