"""An import path of existing run scripts, for a blueprint that is not here."""

from mephisto.abstractions import not_here

raise not_here.blueprint(
    "parlai_chat", "Its workers talk with one another, or with a model, while they are at work."
)
