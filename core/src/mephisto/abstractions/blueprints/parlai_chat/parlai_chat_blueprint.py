"""An import path of existing run scripts; what they import is of the installed blueprint `parlai_chat`."""

from mephisto.abstractions.installed_blueprint import names_of

BLUEPRINT_TYPE_PARLAI_CHAT = BLUEPRINT_TYPE = "parlai_chat"
__getattr__ = names_of(
    BLUEPRINT_TYPE,
    plugin="ParlAIChatBlueprint",
    config="ParlAIChatBlueprintArgs",
    shared_state="SharedParlAITaskState",
)
