"""Makes the initial migration anew from the models, under a new revision: python core/tests/store/rewrite_initial_migration.py"""

import re
import secrets
import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext
from sqlalchemy import String, create_engine

from mephisto.model import Model
from mephisto.store.file import migrations

FOLDER = Path(migrations.__file__).parent
INITIAL = FOLDER / "versions" / "r0001_initial.py"

TEMPLATE = '''\
"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = None


def upgrade() -> None:
{body}
'''


def main() -> None:
    revision = secrets.token_hex(6)
    INITIAL.write_text(TEMPLATE.format(revision=revision, body=body()), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", INITIAL], check=True)
    named = FOLDER / "__init__.py"
    replaced = re.sub(
        r'^(NEWEST: Final = )".*"', rf'\1"{revision}"', named.read_text("utf-8"), flags=re.MULTILINE
    )
    named.write_text(replaced, encoding="utf-8")
    sys.stdout.write(f"{INITIAL} is now revision {revision}.\n")


def body() -> str:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_item": _render})
        steps = produce_migrations(context, Model.metadata)
        code = render_python_code(steps.upgrade_ops, migration_context=context, render_item=_render)
    engine.dispose()
    return "\n".join(line for line in code.splitlines() if not line.lstrip().startswith("#"))


def _render(kind, thing, _):
    """Write what SQLModel calls AutoString as what it is."""
    return "sa.String()" if kind == "type" and isinstance(getattr(thing, "impl", thing), String) else False


if __name__ == "__main__":
    main()
