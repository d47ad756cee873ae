"""The type of a row that a query of any columns returns."""

from typing import Any

from sqlalchemy import Row

AnyRow = Row[*tuple[Any, ...]]
