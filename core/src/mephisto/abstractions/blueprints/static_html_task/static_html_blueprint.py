"""An import path of existing run scripts; what they import is of the installed blueprint `static_task`."""

from mephisto.abstractions.installed_blueprint import names_of

BLUEPRINT_TYPE_STATIC_HTML = BLUEPRINT_TYPE = "static_task"
__getattr__ = names_of(BLUEPRINT_TYPE, plugin="StaticHTMLBlueprint", config="StaticHTMLBlueprintArgs")
