"""An import path of existing run scripts, for a blueprint that is not here."""

from mephisto.abstractions import not_here

raise not_here.blueprint("mock", "It is there to test an operator; mephisto.testing has what tests a plugin.")
