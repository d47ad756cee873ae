"""An import path of existing run scripts; what they import is of the installed blueprint `mock`."""

from mephisto.abstractions.installed_blueprint import names_of

BLUEPRINT_TYPE_MOCK = BLUEPRINT_TYPE = "mock"
__getattr__ = names_of(
    BLUEPRINT_TYPE,
    plugin="MockBlueprint",
    config="MockBlueprintArgs",
    shared_state="MockSharedState",
)
