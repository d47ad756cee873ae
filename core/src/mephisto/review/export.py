"""Taking answers out as a file: read at one moment, streamed, complete or not there at all."""

import csv
import json
import marshal
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final, TextIO

from sqlalchemy import Connection

from mephisto.data_model import file_names
from mephisto.instants import SECOND
from mephisto.review import flattening
from mephisto.review.data_dictionary import KNOWN, TALKS, Dictionary
from mephisto.review.pseudonyms import Pseudonyms
from mephisto.store import drafts, exporting, live_updates
from mephisto.store.exporting import ANSWERS, Batch
from mephisto.store.rows import AnyRow

STANDARD_OUTPUT: Final = Path("-")

#: How many rows of CSV are in memory at a time.
_TOGETHER: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_JSON: Final = json.JSONEncoder(ensure_ascii=False)
_decode: Final = json.JSONDecoder().decode
Record = dict[str, Any]
_Waiting = tuple[list[Any], dict[str, Any]]


@dataclass(frozen=True)
class Export:
    """What is taken out, and how. `out` may be `-`, standard output; `files` are then not copied.

    CSV has a byte order mark if `has_mark`.
    """

    task: str
    runs: Sequence[int]
    format: str
    out: Path
    statuses: Sequence[str] = ANSWERS
    copies_files: bool = False
    is_pseudonymous: bool = False
    has_dictionary: bool = True
    has_mark: bool = False

    @property
    def dictionary_path(self) -> Path:
        return self.out.with_name(f"{self.out.name}.dictionary.json")

    @property
    def files_path(self) -> Path:
        return self.out.with_name(f"{self.out.name}.files")

    @property
    def known(self) -> dict[str, str]:
        """What is known of each answer, with its meaning."""
        hidden = {"receipt_code"} if self.is_pseudonymous else set()
        return {name: meaning for name, meaning in KNOWN.items() if name not in hidden}


@dataclass(frozen=True)
class Written:
    """How many rows a file has, how many of them are partial, and how many partial ones it leaves out."""

    rows: int
    partial: int
    left_out: int


def write(export: Export, connection: Connection, directory: Path) -> Written:
    """Write the file, its dictionary and, if wanted, the answers' files; return what it holds.

    *directory* is the data directory. Each file gets its name when it is whole; one that was there is replaced.
    """
    writer = _Writer(export, connection, directory)
    is_file = export.out != STANDARD_OUTPUT
    with exporting.at_one_moment(connection), ExitStack() as stack:
        file = stack.enter_context(_whole(export.out)) if is_file else sys.stdout
        getattr(writer, f"write_{export.format}")(file)
        partial = sum(drafts.counts(connection, export.runs).values())
        if is_file and export.has_dictionary:
            described = stack.enter_context(_whole(export.dictionary_path))
            json.dump(writer.description(), described, indent=2, ensure_ascii=False)
            described.write("\n")
    if not is_file:
        sys.stdout.flush()
    is_taken = exporting.PARTIAL in export.statuses
    return Written(writer.rows, partial if is_taken else 0, 0 if is_taken else partial)


class _Writer:
    """Goes through the answers once, and sees what there is in them while it writes."""

    def __init__(self, export: Export, connection: Connection, directory: Path) -> None:
        self._export = export
        self._connection = connection
        self._directory = directory
        self._pseudonyms = Pseudonyms(directory) if export.is_pseudonymous else None
        self._has_talks = live_updates.are_any(connection, export.runs)
        talks = TALKS if self._has_talks else {}
        self._known = {**export.known, **talks}
        self._lists = ["files", *talks]
        self._dictionary = Dictionary()
        #: All columns were seen: they need not be looked at again.
        self.is_described = not export.has_dictionary
        self.rows = 0

    def records(self) -> Iterator[Record]:
        self.rows = 0
        for batch in exporting.batches(self._connection, self._export.runs, self._export.statuses):
            for row in batch.rows:
                self.rows += 1
                record = self._record(row, batch)
                if not self.is_described:
                    self._see(record["inputs"], record["outputs"])
                yield record

    def write_csv(self, file: TextIO) -> None:
        # The columns are known when the last answer was looked at: rows wait in a file until then.
        is_file = self._export.out != STANDARD_OUTPUT
        with tempfile.TemporaryFile(dir=self._export.out.parent if is_file else None) as waiting:
            self._flatten_into(waiting)
            waiting.seek(0)
            columns = self._dictionary.in_order()
            is_text = {name: self._dictionary.columns[name].is_text for name in columns}
            file.write("\ufeff" if self._export.has_mark else "")
            writer = csv.writer(file)  # its own ends of lines: with others, not all that must be quoted is
            writer.writerow([*self._known, *columns])
            cell = flattening.cell
            for known, cells in _read(waiting):
                known += [cell(cells.get(name), is_text=is_text[name]) for name in columns]
                writer.writerow(known)

    def _flatten_into(self, waiting: IO[bytes]) -> None:
        cell, guarded, flat = flattening.cell, flattening.guarded, flattening.flat
        see = self._dictionary.see
        self.is_described = True
        together: list[_Waiting] = []
        for record in self.records():
            inputs, outputs = record.pop("inputs"), record.pop("outputs")
            cells = dict(flat("inputs", inputs))
            cells.update(flat("outputs", outputs))
            for name, value in cells.items():
                see(name, value)
            for name in self._lists:
                record[name] = cell(record[name], is_text=False)
            known = [guarded(value) if type(value) is str else value for value in record.values()]
            together.append((known, cells))
            if len(together) == _TOGETHER:
                _add(waiting, together)
                together.clear()
        _add(waiting, together)

    def write_jsonl(self, file: TextIO) -> None:
        file.writelines(_JSON.encode(record) + "\n" for record in self.records())

    def write_json(self, file: TextIO) -> None:
        file.write("[")
        separator = "\n"
        for record in self.records():
            file.write(separator + _JSON.encode(record))
            separator = ",\n"
        file.write("\n]\n")

    def description(self) -> dict[str, Any]:
        """Describe what was written."""
        self._dictionary.rows = self.rows
        return {
            "task": self._export.task,
            "runs": [str(run_id) for run_id in self._export.runs],
            "selected": list(self._export.statuses),
            "format": self._export.format,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "rows": self.rows,
            "cells": " ".join((flattening.__doc__ or "").split("\n\n", 1)[1].split()),
            "columns": self._dictionary.described(self._known),
        }

    def _record(self, row: AnyRow, batch: Batch) -> Record:
        record = {
            "run_id": str(row.run_id),
            "assignment_id": str(row.assignment_id),
            "unit_id": str(row.unit_id),
            "unit_kind": row.unit_kind,
            "agent_id": str(row.agent_id),
            "worker": self._pseudonyms.of(row.provider, row.worker) if self._pseudonyms else row.worker,
            "status": row.status,
            "submission": row.kind,
            "started_at": _time(row.started_at),
            "submitted_at": _time(row.received_at),
            "seconds": round((row.received_at - row.started_at) / SECOND, 3),
            "pay": row.pay_cents / 100,
            "review_note": batch.reasons.get(row.agent_id, ""),
        }
        if self._pseudonyms is None:
            record["receipt_code"] = row.receipt_code
        files = batch.files.get(row.submission_id)
        record["files"] = self._files(row, files) if files else []
        if self._has_talks:
            # Of one attempt at a time, since there may be more of it than of all answers.
            said = live_updates.of_agent(self._connection, row.agent_id)
            record["live_updates"] = [_said(each) for each in said]
        record["inputs"] = _decode(row.inputs)
        record["outputs"] = _decode(row.outputs)
        return record

    def _files(self, row: AnyRow, files: Sequence[AnyRow]) -> list[str]:
        if not self._export.copies_files:
            return [file.path for file in files]
        folder = self._export.files_path / str(row.agent_id) / str(row.submission_id)
        placed = []
        for name, file in zip(file_names.distinct(file.name for file in files), files, strict=True):
            place = folder / name
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self._directory / file.path, place)
            placed.append(place.relative_to(self._export.out.parent).as_posix())
        return placed

    def _see(self, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        see = self._dictionary.see
        for name, value in flattening.flat("inputs", inputs):
            see(name, value)
        for name, value in flattening.flat("outputs", outputs):
            see(name, value)


def _said(row: AnyRow) -> Record:
    return {"from_worker": bool(row.from_worker), "sent_at": _time(row.sent_at), "data": row.data}


def _add(waiting: IO[bytes], together: list[_Waiting]) -> None:
    written = marshal.dumps(together)
    waiting.write(len(written).to_bytes(8, "big") + written)


def _read(waiting: IO[bytes]) -> Iterator[_Waiting]:
    while size := waiting.read(8):
        yield from marshal.loads(waiting.read(int.from_bytes(size, "big")))  # noqa: S302 - we wrote it


def _time(instant: int) -> str:
    return (_EPOCH + timedelta(microseconds=instant)).isoformat()


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """Give a file that gets its name when the context is left in order, and vanishes otherwise."""
    # Made by open, and not by tempfile, it is for those to read for whom other files here are.
    arriving = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        # What is no character becomes an escape, which in JSON says the same.
        with arriving.open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        arriving.replace(path)
    except BaseException:
        arriving.unlink(missing_ok=True)
        raise
