"""Tasks and the projects that they belong to: made, renamed and put together."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from mephisto.model import projects, task_runs, tasks


def add_project(connection: Connection, new_id: int, name: str, now: int) -> bool:
    """Make a project; False if there is one of this name."""
    return _add(connection, projects, {"id": new_id, "name": name, "created_at": now})


def add_task(connection: Connection, new_id: int, name: str, blueprint: str, now: int) -> bool:
    """Make a task before its first run; False if there is one of this name."""
    return _add(connection, tasks, {"id": new_id, "name": name, "blueprint": blueprint, "created_at": now})


def has_runs(connection: Connection, task_id: int) -> bool:
    """Say whether a task was ever launched."""
    query = select(task_runs.c.id).where(task_runs.c.task_id == task_id).limit(1)
    return connection.execute(query).first() is not None


def rename(connection: Connection, task_id: int, name: str) -> bool:
    """Give a task another name; False if another task has it."""
    found = _find(connection, tasks, name)
    if found is None:
        connection.execute(update(tasks).where(tasks.c.id == task_id).values(name=name))
    return found in {None, task_id}


def put_into(connection: Connection, task_id: int, project_id: int | None) -> None:
    """Let a task belong to a project, or to none."""
    connection.execute(update(tasks).where(tasks.c.id == task_id).values(project_id=project_id))


def _add(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    if _find(connection, table, row["name"]) is not None:
        return False
    connection.execute(insert(table).values(row))
    return True


def _find(connection: Connection, table: Table, name: str) -> int | None:
    found: int | None = connection.execute(select(table.c.id).where(table.c.name == name)).scalar()
    return found
