"""`mephisto workers`: who worked, and what is decided about them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import click

from mephisto.cli.output import print_json
from mephisto.cli.receipt import decided_json, decided_text
from mephisto.counting import counted
from mephisto.errors import MephistoError, NotFound
from mephisto.instants import Time, local_text
from mephisto.nearest import did_you_mean

EXAMPLES: Final = """\b
Examples:
  mephisto workers                      who worked
  mephisto workers --task my-task --json
  mephisto workers show x               all about one
  mephisto workers grant x "good at pictures" 2
  mephisto workers block x --reason "a bot"
"""

USUAL: Final = 20


@click.group(epilog=EXAMPLES, invoke_without_command=True)
@click.option("--task", metavar="NAME", help="Only those who worked on this task, and their work on it.")
@click.option("--provider", metavar="NAME", help="Only those of this provider.")
@click.option("--qualification", metavar="NAME", help="Only those who hold this qualification.")
@click.option("--blocked", is_flag=True, help="Only those who are blocked.")
@click.option("--last", type=click.IntRange(min=1), default=USUAL, metavar="N", help="Only N of them (20).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
@click.pass_context
def workers(context: click.Context, /, last: int, *, as_json: bool, **filters: Any) -> None:
    """List those who worked; block them, grant qualifications.

    Those who worked last come first. What is decided about a worker is written at once, and the provider is told where it carries such things out.
    """
    if context.invoked_subcommand is not None:
        return
    from mephisto.cli.stored import looking, refuse_unknown_task, say_nothing_is_stored
    from mephisto.store import crowd

    with looking() as (directory, connection):
        if connection is None:
            print_json([]) if as_json else say_nothing_is_stored(directory, "workers")
            return
        if filters["task"] is not None:
            refuse_unknown_task(filters["task"], connection)
        if filters["qualification"] is not None:
            _refuse_unknown_qualification(filters["qualification"], connection)
        found = crowd.worker_rows(connection, last=last + 1, **filters)
    if as_json:
        print_json([_described(row) for row in found[:last]])
    elif not found:
        click.echo("No such workers." if any(filters.values()) else "No workers yet.")
    else:
        from mephisto.cli.tables import print_table

        print_table("Workers", [_row(row) for row in found[:last]], sentences="worker")
        if len(found) > last:
            click.echo(f"There are more: mephisto workers --last {5 * last}")


_NAME = click.argument("name")
_PROVIDER = click.option("--provider", metavar="NAME", help="Where there are several of this name: whose.")
_REASON = click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision.")


@workers.command()
@_NAME
@_PROVIDER
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def show(name: str, provider: str | None, *, as_json: bool) -> None:
    """Show all that is known of the worker NAME."""
    from mephisto.cli.stored import ago_text, looking
    from mephisto.store import crowd

    with looking() as (_, connection):
        row = _the_one([] if connection is None else _named(connection, name, provider), name)
        if connection is None:
            return
        tasks = crowd.tasks_of(connection, row.id)
        held, blocks = crowd.held(connection, row.id), crowd.blocks_of(connection, row.id)
        decided = crowd.decisions_of(connection, worker_id=row.id)
    if as_json:
        said = {
            "tasks": [
                {"task": task.name, "answers": task.answers, "attempts": task.attempts} for task in tasks
            ],
            "qualifications": held,
            "blocks": [{"requester": each.requester, "reason": each.reason} for each in blocks],
            "decisions": [decided_json(each) for each in decided],
        }
        print_json({**_described(row), **said})
        return
    lines = [("Worker", f"{row.name} ({row.provider})"), ("Answers", _answers(row))]
    if row.last_at is not None:
        lines.append(("Last seen", ago_text(row.last_at, Time().now())))
    lines += [("Task", f"{task.name}: {_counts(task)}") for task in tasks]
    lines += [("Holds", f"{qualification} = {value}") for qualification, value in held.items()]
    lines += [
        ("Blocked", f"by {each.requester}{': ' if each.reason else ''}{each.reason}") for each in blocks
    ]
    lines += [("Decided", decided_text(each)) for each in decided]
    for title, text in lines:
        click.echo(f"{title:10} {text}")


@workers.command()
@_NAME
@_PROVIDER
@_REASON
@click.option("--requester", metavar="NAME", help="Only from tasks of this account; without it, of all.")
def block(name: str, provider: str | None, reason: str, requester: str | None) -> None:
    """Keep the worker NAME from all tasks."""
    with _deciding(name, provider) as worker:
        account = _requester(worker, requester)
        told = worker.block(reason, requester=account)
        _say_how_it_went(told, f"{name} is blocked.", f"{name} was blocked already.")


@workers.command()
@_NAME
@_PROVIDER
@_REASON
@click.option("--requester", metavar="NAME", help="Only the block of this account; without it, all.")
def unblock(name: str, provider: str | None, reason: str, requester: str | None) -> None:
    """Let the worker NAME in again."""
    with _deciding(name, provider) as worker:
        told = worker.unblock(reason, _requester(worker, requester))
        _say_how_it_went(told, f"{name} is blocked no more.", f"{name} was not blocked.")


@workers.command()
@_NAME
@click.argument("qualification")
@click.argument("value", type=int, default=1)
@_PROVIDER
@_REASON
def grant(name: str, qualification: str, value: int, provider: str | None, reason: str) -> None:
    """Let the worker NAME hold QUALIFICATION with VALUE (1); it is made if there is none of this name."""
    from mephisto.data_model.qualifying import find_or_create_qualification

    with _deciding(name, provider) as worker:
        find_or_create_qualification(worker.db, qualification)
        told = worker.grant(qualification, value, reason)
        _say_how_it_went([told], f"{name} holds {qualification} = {value}.", "")


@workers.command()
@_NAME
@click.argument("qualification")
@_PROVIDER
@_REASON
def revoke(name: str, qualification: str, provider: str | None, reason: str) -> None:
    """Take QUALIFICATION from the worker NAME."""
    with _deciding(name, provider) as worker:
        told = worker.revoke(qualification, reason)
        gone, had_none = (
            f"{name} does not hold {qualification} any more.",
            f"{name} does not hold {qualification}.",
        )
        _say_how_it_went([told], gone, had_none)


@contextmanager
def _deciding(name: str, provider: str | None) -> Iterator[Any]:
    """Give the worker, whose database is closed in the end."""
    from mephisto.cli.stored import looking

    with looking() as (_, connection):
        row = _the_one([] if connection is None else _named(connection, name, provider), name)
    from mephisto.data_model.database import LocalMephistoDB
    from mephisto.data_model.objects import Worker

    db = LocalMephistoDB()
    try:
        yield Worker(db, row.id)
    finally:
        db.shutdown()


def _named(connection: Any, name: str, provider: str | None) -> list[Any]:
    from mephisto.store import crowd

    found = crowd.worker_rows(connection, name=name, provider=provider)
    if not found:
        known = [row.name for row in crowd.worker_rows(connection, provider=provider, last=1000)]
        raise NotFound(
            f"There is no worker {name!r}.{did_you_mean(name, known)}", "'mephisto workers' lists them."
        )
    return found


def _the_one(found: Sequence[Any], name: str) -> Any:
    if not found:
        raise NotFound(f"There is no worker {name!r}.", "Nothing is stored yet.")
    if len(found) > 1:
        providers = ", ".join(row.provider for row in found)
        raise NotFound(
            f"There are {len(found)} workers {name!r}.",
            f"Their providers: {providers}.",
            "Add --provider NAME.",
        )
    return found[0]


def _requester(worker: Any, name: str | None) -> Any:
    if name is None:
        return None
    found = worker.db.find_requesters(requester_name=name, provider_type=worker.provider_type)
    if not found:
        raise NotFound(
            f"There is no account {name!r} with {worker.provider_type}.", "'mephisto requesters' lists them."
        )
    return found[0]


def _say_how_it_went(told: Sequence[Any], done: str, nothing: str) -> None:
    from mephisto.outbox.words import HOW_ON

    click.echo(done if any(each.decision_id is not None for each in told) else nothing)
    failures = [each.failure for each in told if each.failure]
    if failures:
        raise MephistoError(
            "It is written here, but the provider has not done it.",
            " ".join(failures),
            HOW_ON,
        )


def _refuse_unknown_qualification(name: str, connection: Any) -> None:
    from mephisto.store import qualifications

    known = qualifications.names(connection)
    if name not in known:
        raise NotFound(
            f"There is no qualification {name!r}.{did_you_mean(name, known)}",
            f"Qualifications: {', '.join(known) or 'none yet'}.",
            "'mephisto workers grant' makes one.",
        )


def _counts(task: Any) -> str:
    return f"{counted(task.answers, 'answer')}, {counted(task.attempts, 'attempt')}"


def _answers(row: Any) -> str:
    decided = row.approved + row.rejected + row.soft_rejected
    return (
        f"{row.answers}: {row.approved} approved, {row.rejected} rejected, {row.soft_rejected} softly, "
        f"{row.answers - decided} not reviewed"
    )


def _described(row: Any) -> dict[str, Any]:
    from mephisto.cli.stored import iso_text

    return {
        "id": str(row.id),
        "name": row.name,
        "provider": row.provider,
        "answers": row.answers,
        "approved": row.approved,
        "rejected": row.rejected,
        "soft_rejected": row.soft_rejected,
        "blocked": bool(row.blocked),
        "last_at": iso_text(row.last_at),
    }


def _row(row: Any) -> dict[str, str]:
    return {
        "worker": row.name,
        "provider": row.provider,
        "answers": str(row.answers),
        "approved": str(row.approved),
        "rejected": f"{row.rejected} + {row.soft_rejected} softly"
        if row.soft_rejected
        else str(row.rejected),
        "blocked": "yes" if row.blocked else "",
        "last seen": "" if row.last_at is None else local_text(row.last_at),
    }
