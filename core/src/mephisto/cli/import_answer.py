"""`mephisto import-answer`: takes in an answer that a worker saved as a file, since the server was away."""

import base64
import binascii
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click

from mephisto.errors import MephistoError
from mephisto.status import SubmissionKind

FORMAT: Final = "mephisto answer"
VERSION: Final = 1
SENTENCES: Final = {
    SubmissionKind.ANSWER: "The answer is saved, and counts.",
    SubmissionKind.LATE: "The answer is saved as late: its time was over, and its place was not free any more.",
    SubmissionKind.DUPLICATE: "The answer is saved beside another one of the same attempt, which came first and counts.",
}
EXAMPLES: Final = """\b
Examples:
  mephisto import-answer ~/Downloads/answer-1f0c2a77.json
"""


@click.command("import-answer", epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_answer(*, file: Path) -> None:
    """Take in an answer that a worker saved as a file.

    It is treated as if its page had sent it now: it counts if the worker's place is still free, and is kept as
    late if not. Taking in the same file again changes nothing and shows the same receipt.
    """
    from mephisto.data_model.database import LocalMephistoDB
    from mephisto.operations.importing import take_in

    saved = _read(file)
    db = LocalMephistoDB()
    try:
        taken = take_in(
            db.store, saved["agent"], saved["submission_id"], saved["answer"], _files(saved["files"])
        )
    finally:
        db.shutdown()
    click.echo(SENTENCES[SubmissionKind(taken.kind)])
    if taken.is_repeated:
        click.echo("It had been taken in before, and nothing was changed.")
    click.echo(f"Run {taken.run_id}, agent {taken.agent_id}, receipt {taken.receipt}")


def _read(file: Path) -> Mapping[str, Any]:
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise _not_ours(file, f"It is not valid JSON: {error}") from error
    if not isinstance(saved, dict) or saved.get("format") != FORMAT:
        raise _not_ours(file, f'It does not say "format": "{FORMAT}".')
    if saved.get("version") != VERSION:
        raise _not_ours(
            file, f"It is of version {saved.get('version')!r}; this program reads version {VERSION}."
        )
    wrong = [
        name
        for name, kind in {"agent": str, "submission_id": str, "answer": dict, "files": list}.items()
        if not isinstance(saved.get(name), kind) or not (saved[name] or kind in {dict, list})
    ]
    if wrong:
        raise _not_ours(file, f"These parts are missing or damaged: {', '.join(wrong)}.")
    return saved


def _files(described: list[Any]) -> list[tuple[dict[str, str], io.BytesIO]]:
    files = []
    for number, entry in enumerate(described, 1):
        try:
            data = {"field": entry["field"], "name": entry["name"], "content_type": entry["type"]}
            content = base64.b64decode(entry["content"], validate=True)
        except (TypeError, KeyError, ValueError, binascii.Error) as error:
            raise MephistoError(
                f"File {number} of this answer is damaged.",
                f"{type(error).__name__}: {error}",
                "Ask the worker to send the file as it was saved.",
            ) from error
        files.append((data, io.BytesIO(content)))
    return files


def _not_ours(file: Path, cause: str) -> MephistoError:
    return MephistoError(
        f"{file} is not an answer that a worker saved.",
        cause,
        "Give the file as the worker's browser saved it: answer-....json",
    )
