"""Plugins: find them by name without importing, load and verify one, call its hooks.

- `discovery`   which are installed, and where from
- `in_process`  classes that a run script or a test registers for itself
- `contract`    what a class must and must not do to be a plugin of its kind
- `loading`     one name to one verified class
- `stored_options`  options as a run's row keeps them
- `use`         the instances of one run and the one way to call their hooks
"""

from mephisto.plugins.discovery import Offer as Offer
from mephisto.plugins.discovery import installed as installed
from mephisto.plugins.in_process import register as register
from mephisto.plugins.in_process import unregister as unregister
from mephisto.plugins.loading import find as find
from mephisto.plugins.loading import is_sandbox as is_sandbox
from mephisto.plugins.loading import load as load
from mephisto.plugins.stored_options import stored_options as stored_options
from mephisto.plugins.use import Use as Use
