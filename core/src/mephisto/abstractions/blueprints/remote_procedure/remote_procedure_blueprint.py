"""An import path of existing run scripts; what they import is of the installed blueprint `remote_procedure`."""

from mephisto.abstractions.installed_blueprint import names_of

BLUEPRINT_TYPE_REMOTE_PROCEDURE = BLUEPRINT_TYPE = "remote_procedure"
__getattr__ = names_of(
    BLUEPRINT_TYPE,
    plugin="RemoteProcedureBlueprint",
    config="RemoteProcedureBlueprintArgs",
    shared_state="SharedRemoteProcedureTaskState",
)
