"""Who may import whom. The rules read the tree, so that a new plugin needs no edit here."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Parts of the core, and whose help they take; with a part comes whatever it may import itself.
ORDER = {
    "testing": {"operations"},
    "cli": {"the front door", "tools", "review"},
    "abstractions": {"operations"},
    "utils": {"operations"},
    "tools": {"the front door", "operations"},
    "review": {"operations"},
    "operations": {"web", "data_model"},
    "composing": {"plugins", "the bottom"},
    "data_model": {"outbox", "composing"},
    "outbox": {"store", "plugins"},
    "store": {"model"},
    "model": {"the bottom"},
    "plugins": {"hookspecs"},
    "the front door": {"hookspecs"},
    "hookspecs": {"web.line", "the bottom"},
    "web": {"web.line"},
    "web.line": set(),
    "the bottom": set(),
}
BOTTOM = {
    *(
        "config",
        "effects",
        "errors",
        "instants",
        "json",
        "counting",
        "nearest",
        "printable",
        "qualification_rules",
        "refusals",
        "settings",
    ),
    *("shared_state", "status", "views"),
}
HEAVY = {"boto3", "cheroot", "flask", "hydra", "omegaconf", "requests", "sqlalchemy", "sqlmodel"}
LAZY_FRONT_DOORS = {"mephisto", "mephisto.web"}


@dataclass(frozen=True)
class Source:
    """One file of Python, and what it is called when it is imported."""

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def part(self) -> str:
        """The part of the core that it belongs to."""
        if self.name == "mephisto":
            return "the front door"
        inside = self.name.removeprefix("mephisto.")
        top = inside.partition(".")[0]
        return "the bottom" if top in BOTTOM else "web.line" if inside == "web.line" else top


class Tree:
    """All that the project's distributions hold."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.core = [_source(root, path) for path in sorted(root.glob("core/src/**/*.py"))]
        self.plugins = [_source(root, path) for path in sorted(root.glob("plugins/*/src/**/*.py"))]
        self.plugin_tests = [Source(path, path.stem) for path in sorted(root.glob("plugins/*/tests/**/*.py"))]
        self.sources = {source.name: source for source in (*self.core, *self.plugins)}
        self.plugin_packages = {source.name.partition(".")[0] for source in self.plugins}

    def imports(self, source: Source) -> list[str]:
        """List the modules that *source* names in its import statements, wherever these stand."""
        found = []
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Import):
                found += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = _base(source, node)
                found += [self._module(base, alias.name) for alias in node.names]
        return sorted(set(found))

    def _module(self, base: str, name: str) -> str:
        return f"{base}.{name}" if f"{base}.{name}" in self.sources else base


def _source(root: Path, path: Path) -> Source:
    inside = path.relative_to(root).with_suffix("").parts
    names = inside[inside.index("src") + 1 :]
    return Source(path, ".".join(names[:-1] if names[-1] == "__init__" else names))


def _base(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = source.name.split(".")
    kept = package[: len(package) - node.level + (source.path.name == "__init__.py")]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _is_mephisto(name: str) -> bool:
    return name.partition(".")[0] == "mephisto"


def _allowed(part: str) -> set[str]:
    found = {part}
    for below in ORDER.get(part, set()):
        found |= _allowed(below)
    return found


def parts_import_downwards(tree: Tree) -> Iterator[str]:
    for source in tree.core:
        if source.part not in ORDER:
            yield f"{source.name}: {source.part!r} has no place in the order"
            continue
        for name in filter(_is_mephisto, tree.imports(source)):
            part = Source(source.path, name).part
            if part not in _allowed(source.part):
                yield f"{source.name} imports {name}: {source.part} must not know {part}"


def the_bottom_is_light(tree: Tree) -> Iterator[str]:
    for source in tree.core:
        if source.part in {"the bottom", "the front door", "web.line"}:
            for name in tree.imports(source):
                if name.partition(".")[0] in HEAVY:
                    yield f"{source.name} imports {name}"


def the_core_knows_no_plugin(tree: Tree) -> Iterator[str]:
    for path in sorted(tree.root.glob("core/src/**/*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            for package in sorted(tree.plugin_packages):
                if package in text:
                    yield f"{path.name} spells {package}"


def plugins_come_in_by_the_front_doors(tree: Tree) -> Iterator[str]:
    for sources, doors in (
        (tree.plugins, {"mephisto", "mephisto.web"}),
        (tree.plugin_tests, {"mephisto", "mephisto.web", "mephisto.testing"}),
    ):
        for source in sources:
            for name in filter(_is_mephisto, tree.imports(source)):
                if name not in doors:
                    yield f"{source.path.name} of {_distribution(tree, source)} reaches into {name}"


def plugins_do_not_know_each_other(tree: Tree) -> Iterator[str]:
    for source in (*tree.plugins, *tree.plugin_tests):
        folder = tree.root / "plugins" / _distribution(tree, source) / "src"
        own = {path.name for path in folder.glob("*")}
        for name in tree.imports(source):
            if name.partition(".")[0] in tree.plugin_packages - own:
                yield f"{source.path.name} of {_distribution(tree, source)} imports {name}"


def _distribution(tree: Tree, source: Source) -> str:
    return source.path.relative_to(tree.root / "plugins").parts[0]


def no_ring_is_hidden_by_type_checking(tree: Tree) -> Iterator[str]:
    for source in tree.sources.values():
        if "TYPE_CHECKING" in source.text and source.name not in LAZY_FRONT_DOORS:
            yield f"{source.name} uses TYPE_CHECKING"


def no_ring_of_imports(tree: Tree) -> Iterator[str]:
    # Those inside functions count: they hide a ring, they do not open it.
    graph = {source.name: set(tree.imports(source)) & tree.sources.keys() for source in tree.core}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        yield " is imported by ".join(error.args[1])


def lazy_front_doors_agree_with_their_static_imports(tree: Tree) -> Iterator[str]:
    for name in sorted(LAZY_FRONT_DOORS & tree.sources.keys()):
        table, static = set(), set()
        for node in ast.walk(tree.sources[name].tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOMES":
                homes = ast.literal_eval(node.value)
                table = {(home, word) for home, words in homes.items() for word in words}
            elif isinstance(node, ast.ImportFrom) and _is_mephisto(node.module or ""):
                static |= {(node.module, alias.asname) for alias in node.names}
        for home, word in sorted(table ^ static, key=str):
            yield f"{name}: {word} of {home} is only {'in the table' if (home, word) in table else 'imported'}"


RULES = (
    parts_import_downwards,
    the_bottom_is_light,
    the_core_knows_no_plugin,
    plugins_come_in_by_the_front_doors,
    plugins_do_not_know_each_other,
    no_ring_is_hidden_by_type_checking,
    no_ring_of_imports,
    lazy_front_doors_agree_with_their_static_imports,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule):
    assert list(rule(Tree(ROOT))) == []


def test_the_tree_was_found():
    tree = Tree(ROOT)
    assert {"mephisto", "mephisto.hookspecs", "mephisto.web.line"} <= tree.sources.keys()
    assert len(tree.plugin_packages) >= 3
    assert tree.plugin_tests


CORE, ONE, OTHER = "core/src/mephisto", "plugins/one/src/mephisto_one", "plugins/two/src/mephisto_two"


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (parts_import_downwards, f"{CORE}/store/rows.py", "from mephisto.operations import launch"),
        (parts_import_downwards, f"{CORE}/errors.py", "def f():\n    import mephisto.store"),
        (parts_import_downwards, f"{CORE}/web/app.py", "from mephisto.errors import MephistoError"),
        (parts_import_downwards, f"{CORE}/hookspecs.py", "from mephisto.web import Desk"),
        (parts_import_downwards, f"{CORE}/plugins/use.py", "from ..store import Store"),
        (parts_import_downwards, f"{CORE}/attic.py", ""),
        (the_bottom_is_light, f"{CORE}/config.py", "def f():\n    from omegaconf import MISSING"),
        (the_core_knows_no_plugin, f"{CORE}/cli/wut.py", "DEFAULT = 'mephisto_one:Plugin'"),
        (the_core_knows_no_plugin, f"{CORE}/web/static/page.js", "// as mephisto_two does"),
        (plugins_come_in_by_the_front_doors, f"{ONE}/_client.py", "from mephisto.web.app import create_app"),
        (plugins_come_in_by_the_front_doors, f"{ONE}/_client.py", "import mephisto.testing"),
        (plugins_come_in_by_the_front_doors, "plugins/one/tests/test_it.py", "import mephisto.store"),
        (plugins_do_not_know_each_other, f"{ONE}/_client.py", "from mephisto_two import Plugin"),
        (plugins_do_not_know_each_other, "plugins/two/tests/test_it.py", "import mephisto_one"),
        (no_ring_is_hidden_by_type_checking, f"{CORE}/views.py", "from typing import TYPE_CHECKING"),
        (no_ring_of_imports, f"{CORE}/store/rows.py", "def f():\n    from mephisto.store import ids"),
        (
            lazy_front_doors_agree_with_their_static_imports,
            f"{CORE}/__init__.py",
            "_HOMES = {'mephisto.config': ('arg',)}",
        ),
        (
            lazy_front_doors_agree_with_their_static_imports,
            f"{CORE}/web/__init__.py",
            "from mephisto.web.line import Desk as Desk",
        ),
    ],
)
def test_each_rule_can_be_broken(tmp_path, rule, path, text):
    good = {
        f"{CORE}/__init__.py": "",
        f"{CORE}/store/__init__.py": "",
        f"{CORE}/store/ids.py": "from mephisto.store import rows",
        f"{CORE}/store/rows.py": "",
        f"{ONE}/__init__.py": "from mephisto import arg\nimport mephisto.web",
        f"{OTHER}/__init__.py": "",
        "plugins/one/tests/test_it.py": "import mephisto.testing\nimport mephisto_one",
    }
    for name, content in good.items():
        _write(tmp_path / name, content)
    assert list(rule(Tree(tmp_path))) == []
    _write(tmp_path / path, text)
    assert len(list(rule(Tree(tmp_path)))) == 1


def _write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
