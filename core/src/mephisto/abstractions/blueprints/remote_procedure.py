"""An import path of existing run scripts, for a blueprint that is not here."""

from mephisto.abstractions import not_here

raise not_here.blueprint(
    "remote_procedure", "Its pages call functions of the run script while a worker is at work."
)
