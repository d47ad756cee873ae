"""The steps from each revision of the tables to the next.

Until 1.0 there is only the initial one. It is made from the models, by

    python core/tests/store/rewrite_initial_migration.py

which gives it a new revision and replaces the line below; databases made before are then refused.
"""

from typing import Final

#: The revision of the tables of this version.
NEWEST: Final = "fc245604895e"
