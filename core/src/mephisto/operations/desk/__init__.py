"""The desk: answers workers' pages for one run. What it acknowledges is committed."""

from mephisto.operations.desk.setting_up import set_up as set_up
