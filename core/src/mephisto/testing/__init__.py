"""A plugin's whole test: what its kind promises, checked by a class to derive from.

    from mephisto.testing import ArchitectTests

    class TestLocal(ArchitectTests):
        name = "local"
        options = {"port": 0}

Needs `pip install mephisto-core[testing]`. What stands where:

- `plugin`     what plugins of every kind have to keep, a whole run with them included
- `blueprint`, `architect`, `provider`   what one kind has to keep besides
- `stage`      a real run of one plugin; `stand_ins` take the parts of the other two
- `worker`     the requests of a worker's page
"""

from mephisto.testing.architect import ArchitectTests as ArchitectTests
from mephisto.testing.blueprint import BlueprintTests as BlueprintTests
from mephisto.testing.provider import ProviderTests as ProviderTests
