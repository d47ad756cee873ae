"""An import path of existing run scripts; what they import is of the installed blueprint `static_react_task`."""

from mephisto.abstractions.installed_blueprint import names_of

BLUEPRINT_TYPE_STATIC_REACT = BLUEPRINT_TYPE = "static_react_task"
__getattr__ = names_of(
    BLUEPRINT_TYPE,
    plugin="StaticReactBlueprint",
    config="StaticReactBlueprintArgs",
)
