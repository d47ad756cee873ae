"""An import path of existing run scripts, for a part of a blueprint."""

from mephisto.abstractions import not_here

raise not_here.part("parlai_chat_task_runner", "parlai_chat")
