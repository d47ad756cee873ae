"""`mephisto requesters`: the accounts in whose name tasks are launched."""

from typing import Final

import click

from mephisto.cli.output import print_json
from mephisto.instants import local_text

EXAMPLES: Final = """\b
Examples:
  mephisto requesters
  mephisto requesters --json
"""


@click.command(epilog=EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for another program.")
def requesters(*, as_json: bool) -> None:
    """List the registered accounts.

    A task is launched in the name of an account with its provider. To register one: mephisto register TYPE
    """
    from mephisto.cli.stored import iso_text, looking, say_nothing_is_stored
    from mephisto.store import overview

    with looking() as (directory, connection):
        found = [] if connection is None else overview.requester_rows(connection)
    if as_json:
        print_json(
            [
                {
                    "requester_id": str(account.id),
                    "provider_type": account.provider,
                    "requester_name": account.name,
                    "registered_at": iso_text(account.created_at),
                }
                for account in found
            ]
        )
    elif connection is None:
        say_nothing_is_stored(directory, "requesters")
    elif not found:
        click.echo("No requesters found")
    else:
        from mephisto.cli.tables import print_table

        rows = [
            {
                "requester_id": str(account.id),
                "provider_type": account.provider,
                "requester_name": account.name,
                "registered": local_text(account.created_at),
            }
            for account in found
        ]
        print_table("Requesters", rows, sentences="requester_name")
