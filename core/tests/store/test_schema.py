"""The migrations and the models lead to the same tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import TextClause, create_engine, inspect, text

from mephisto.model import Model
from mephisto.store import Store
from mephisto.store.file import schema
from mephisto.store.file.schema import CURRENT
from mephisto.store.file.upgrade import run_steps, steps_to

WHAT_TO_DO = (
    "the migrations lead elsewhere than the models: run core/tests/store/rewrite_initial_migration.py"
)


@pytest.fixture
def migrated():
    """An empty database, after all migrations."""
    engine = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        run_steps(connection, steps_to(CURRENT))
        yield connection
    engine.dispose()


@pytest.fixture
def created(tmp_path):
    """A database as a first start makes it."""
    Store(tmp_path).open().close()
    engine = create_engine(f"sqlite:///{tmp_path / 'mephisto.db'}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def shape(connection):
    """Say all that there is to tables, in an order that does not depend on how they were made."""
    look = inspect(connection)

    def of_table(name):
        return {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in look.get_columns(name)
            },
            "key": look.get_pk_constraint(name),
            "references": by_name(look.get_foreign_keys(name)),
            "unique": by_name(look.get_unique_constraints(name)),
            "checks": by_name(look.get_check_constraints(name)),
            "indexes": by_name(look.get_indexes(name)),
        }

    return {name: of_table(name) for name in look.get_table_names() if name != "alembic_version"}


def by_name(things):
    return {thing["name"]: plain(thing) for thing in things}


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return str(value) if isinstance(value, TextClause) else value


def test_the_migrations_make_the_tables_of_the_models(migrated, created):
    assert shape(migrated) == shape(created), WHAT_TO_DO
    context = MigrationContext.configure(migrated)
    assert compare_metadata(context, Model.metadata) == [], WHAT_TO_DO


def test_the_comparison_sees_what_differs(migrated, created):
    """Alembic's own comparison overlooks the conditions of partial indexes."""
    partial = next(
        (table, name)
        for table, found in shape(migrated).items()
        for name, index in found["indexes"].items()
        if "sqlite_where" in index["dialect_options"]
    )
    before = shape(migrated)
    assert before == shape(created)
    migrated.execute(text(f"DROP INDEX {partial[1]}"))
    assert shape(migrated) != before
    columns = ", ".join(before[partial[0]]["indexes"][partial[1]]["column_names"])
    migrated.execute(text(f"CREATE INDEX {partial[1]} ON {partial[0]} ({columns}) WHERE id > 5"))
    assert shape(migrated) != shape(created)


def test_a_new_database_says_which_revision_it_has(created):
    assert schema.revision(created) == CURRENT.revision
    assert MigrationContext.configure(created).get_current_heads() == (CURRENT.revision,)


def test_the_migrations_are_one_line_that_ends_with_this_version():
    folder = CURRENT.folders[0]
    scripts = ScriptDirectory(str(folder.parent), version_locations=[folder])
    assert scripts.get_heads() == [CURRENT.revision]
    assert len(list(scripts.walk_revisions())) == len(list(folder.glob("r*.py")))


def test_nothing_is_deleted_because_something_else_is():
    references = [
        reference for table in Model.metadata.tables.values() for reference in table.foreign_key_constraints
    ]
    assert len(references) > 10
    assert {(reference.name, reference.ondelete) for reference in references} == {
        (reference.name, "RESTRICT") for reference in references
    }


def test_each_constraint_and_index_has_a_name_by_which_it_can_be_changed(tmp_path):
    Store(tmp_path).open().close()
    with closing(sqlite3.connect(tmp_path / "mephisto.db")) as connection:
        nameless = connection.execute("SELECT tbl_name, name FROM sqlite_master WHERE sql IS NULL").fetchall()
    # SQLite gives the indexes of UNIQUE constraints names of its own; the constraints have ours.
    assert all(name.startswith("sqlite_autoindex_") for _, name in nameless)
    for table in Model.metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints)
        assert all(index.name for index in table.indexes)


def test_the_rewritten_migration_is_the_one_that_the_models_make_today(monkeypatch):
    """The command of `WHAT_TO_DO` works, and would change nothing but the revision."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import rewrite_initial_migration as rewriting

    names = [line for line in rewriting.body().splitlines() if "create_table" in line]
    assert len(names) == len(Model.metadata.tables)
