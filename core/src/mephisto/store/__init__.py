"""The store: rows, the one writer, and queries by subject.

Functions that take a connection are parts of jobs: they run inside the writer's transaction, or read.
"""

from mephisto.store.store import Store as Store
from mephisto.store.writer import Job as Job
from mephisto.store.writer import Lane as Lane
from mephisto.store.writer import StoreBusy as StoreBusy
