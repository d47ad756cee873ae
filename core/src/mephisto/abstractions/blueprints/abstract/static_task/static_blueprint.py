"""An import path of existing run scripts; what they import is of the installed blueprint `static_task`."""

from mephisto.abstractions.installed_blueprint import names_of

__getattr__ = names_of("static_task", shared_state="SharedStaticTaskState")
