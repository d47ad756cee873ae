from mephisto.testing import ArchitectTests


class TestLocal(ArchitectTests):
    name = "local"
    options = {"port": 0}  # noqa: RUF012 - it is read only
