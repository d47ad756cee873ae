"""An import path of existing run scripts, for a blueprint that is not here."""

from mephisto.abstractions import not_here

raise not_here.blueprint(
    "static_react_task", "Its pages are bundles of JavaScript; those of static_task are HTML."
)
