"""The desk: answers workers' pages for one run. What it acknowledges is committed."""

from mephisto.operations.desk.run_desk import RunDesk as RunDesk
