"""What may stand nowhere in the source of any distribution."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MOST_LINES = 300
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
SAYS_NOTHING = {"helpers", "manager", "misc", "utils"}
# Migrations are made from the models by a command.
GENERATED = "versions"
# Run scripts import from here; what lies in it only leads on.
NAMED_BY_SCRIPTS = "core/src/mephisto/utils"


def files_of(root: Path) -> list[Path]:
    return sorted([*root.glob("core/src/**/*.py"), *root.glob("plugins/*/src/**/*.py")])


def files_are_short(path: Path) -> Iterator[str]:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > MOST_LINES and path.parent.name != GENERATED:
        yield f"{lines} lines"


def only_commands_and_tools_talk_to_a_terminal(path: Path) -> Iterator[str]:
    if path.parent.name not in {"cli", "tools"}:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "input"}:
                yield f"line {node.lineno}: {ast.unparse(node.func)}()"


def no_bare_except(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield f"line {node.lineno}: except:"


def names_say_something(path: Path) -> Iterator[str]:
    folder = "" if path.parent.as_posix().endswith(NAMED_BY_SCRIPTS) else path.parent.name
    for word in SAYS_NOTHING & {path.stem, folder}:
        yield f"{word} says nothing"


def modules_can_be_imported_on_every_platform(path: Path) -> Iterator[str]:
    for name in _imported_with_the_module(_tree(path)):
        if name.partition(".")[0] in POSIX_ONLY:
            yield f"{name} is not everywhere"


def _imported_with_the_module(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield child.module or ""
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imported_with_the_module(child)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


RULES = (
    files_are_short,
    only_commands_and_tools_talk_to_a_terminal,
    no_bare_except,
    names_say_something,
    modules_can_be_imported_on_every_platform,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_file_keeps_the_rule(rule):
    files = files_of(ROOT)
    assert len(files) > 50
    assert [f"{path.relative_to(ROOT)}: {found}" for path in files for found in rule(path)] == []


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (files_are_short, "claims.py", "\n" * 301),
        (only_commands_and_tools_talk_to_a_terminal, "launch.py", "print('Hello')"),
        (only_commands_and_tools_talk_to_a_terminal, "launch.py", "def f():\n    return input()"),
        (no_bare_except, "writer.py", "try:\n    f()\nexcept:\n    raise"),
        (names_say_something, "utils.py", ""),
        (names_say_something, "helpers/__init__.py", ""),
        (modules_can_be_imported_on_every_platform, "lock.py", "if True:\n    import fcntl"),
    ],
)
def test_each_rule_can_be_broken(tmp_path, rule, name, text):
    path = tmp_path / "core" / "src" / "mephisto" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert files_of(tmp_path) == [path]
    assert len(list(rule(path))) == 1


def test_what_is_allowed_passes(tmp_path):
    path = tmp_path / "cli" / "wut.py"
    path.parent.mkdir()
    path.write_text(
        "def f():\n    import fcntl\n    try:\n        print(fcntl)\n    except OSError:\n        pass\n"
    )
    assert [found for rule in RULES for found in rule(path)] == []
