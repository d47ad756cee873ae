"""Plugins that break one promise each, tried with the kit's own classes."""

import pytest

from mephisto.plugins import register, unregister


@pytest.fixture
def trying():
    """Register a plugin class under the name `broken`, and return the kit's checks of it."""
    kinds = []

    def checks_of(kit, plugin, **attributes):
        register(kit.kind, "broken", plugin)
        kinds.append(kit.kind)
        return type("TestBroken", (kit,), {"name": "broken", **attributes})()

    yield checks_of
    for kind in kinds:
        unregister(kind, "broken")


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Lay a module and the metadata of its distribution into a folder that Python searches."""

    def installed(kind, name, module, source):
        (tmp_path / f"{module}.py").write_text(source)
        metadata = tmp_path / f"{module}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[mephisto.{kind}]\n{name} = {module}:Plugin\n")
        monkeypatch.syspath_prepend(tmp_path)

    return installed
