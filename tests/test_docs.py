"""What a newcomer reads is true: each document is followed from top to bottom, in a folder of its own.

A comment above a block says what is done with it: `file: NAME` writes it there; `launches` starts a task, does all of
its units and waits for its end; `interrupts` does the first one, and presses Ctrl-C; `answers: A, B` types these lines; `fails: N` expects that exit status; `in: WHERE`
sets the place for what follows; `not run: WHY` leaves it out. Blocks of `bash` and `console` without a comment are
commands that end by themselves; where a `console` block shows output, that is compared, `...` standing for anything.
"""

import importlib.util
import itertools
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from mephisto.hookspecs import KINDS, NAME
from mephisto.testing.worker import Worker

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
FOLLOWED = [path for path in DOCUMENTS if "```" in path.read_text(encoding="utf-8")]
COMMANDS = {"bash", "console"}
CODE = COMMANDS | {"python", "yaml"}
LANGUAGES = CODE | {"csv", "html", "js", "json", "text", "toml"}

BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    language: str
    mark: str
    text: str
    line: int

    @property
    def verb(self):
        return self.mark.partition(":")[0]

    @property
    def object(self):
        return self.mark.partition(":")[2].strip()


def named(path):
    return path.relative_to(ROOT).as_posix()


def blocks_of(path):
    text = path.read_text(encoding="utf-8")
    return [
        Block(found["language"], found["mark"] or "", found["text"], text.count("\n", 0, found.start()) + 1)
        for found in BLOCK.finditer(text)
    ]


def commands_of(block):
    """Yield each command of a block, and the output that is shown below it."""
    if block.language == "bash":
        return [(line, "") for line in block.text.splitlines()]
    return [tuple(part.split("\n", 1)) for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]]


def shows(expected, printed):
    """Say whether *printed* holds the lines of *expected*, one after the other; `...` is anything."""
    pattern = r"[^\n]*\n(?:[^\n]*\n)*?".join(
        ".*?".join(map(re.escape, line.split("..."))) for line in expected.splitlines() if line != "..."
    )
    return re.search(pattern, printed) is not None


def do_all(url, left):
    """Do all units of a task: x does as many as one worker can, then y, then z. *left* counts those of its data."""
    for name, assignment in itertools.product("xyz", range(1, 2 * left() + 1)):
        with Worker(url, {"worker_name": name, "agent_registration_id": f"{assignment}-{name}"}) as worker:
            try:
                worker.accept_unit()
            except AssertionError:
                continue
            worker.confirm(worker.submit({"rating": "good"}))
        if not left():
            return


class Reader:
    """Does what a document says."""

    def __init__(self, researcher):
        self.researcher = researcher
        self.installed = researcher.place / "installed"
        researcher.folder = researcher.place / "folder"
        researcher.folder.mkdir()

    def follow(self, block):
        if block.verb == "file":
            self.researcher.write(block.object, block.text)
        elif block.language in COMMANDS and block.verb != "not run":
            for command, expected in commands_of(block):
                assert shows(expected, self.type(block, shlex.split(command)))

    def type(self, block, words):
        if words[0] == "cd":
            self.researcher.folder = self.researcher.place / Path(words[1]).name
            return ""
        if words[:2] == ["pip", "install"]:
            return self.install(words[2])
        if block.verb in {"launches", "interrupts"}:
            return self.launch(words, interrupts=block.verb == "interrupts")
        typed = "".join(f"{line.strip()}\n" for line in block.object.split(",") if block.verb == "answers")
        variables = {"PYTHONPATH": str(self.installed), **self.variables(block)}
        done = self.researcher.run(*words, typed=typed, **variables)
        assert done.returncode == int(block.object if block.verb == "fails" else 0), done.stdout + done.stderr
        return done.stdout + done.stderr

    def variables(self, block):
        return {"MEPHISTO_DATA_DIR": ""} if block.verb == "in" else {}

    def install(self, folder):
        """Build a wheel, as pip would, and unpack it where this reader's Python looks; no index is needed."""
        source = self.researcher.folder / folder
        built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
        subprocess.run(built, cwd=source, check=True, capture_output=True, timeout=60)
        (wheel,) = source.glob("dist/*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self.installed)
        return ""

    def left(self):
        ((units,),) = self.researcher.rows(
            "SELECT count(*) FROM unit WHERE kind = 'standard' AND status = 'launched'"
        )
        return units

    def launch(self, words, *, interrupts):
        environment = {"PYTHONPATH": str(self.installed)}
        with self.researcher.launch(*words, "mephisto.architect.port=0", **environment) as script:
            if interrupts:
                url, left = script.url, self.left()
                do_all(url, lambda: self.left() - left + 1)
                script.interrupt()
            else:
                do_all(script.url, self.left)
            assert script.exit_status() == (130 if interrupts else 0), script.printed
        return script.printed


@pytest.mark.parametrize("path", FOLLOWED, ids=named)
def test_following_the_document_works(path, researcher):
    reader = Reader(researcher)
    for block in blocks_of(path):
        try:
            reader.follow(block)
        except Exception as error:
            error.add_note(f"{named(path)}, line {block.line}")
            raise


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("[...] - Preview: http://localhost:...\n", True),
        ("one\ntwo\n", True),
        ("one\n...\nthree\n", True),
        ("two\none\n", False),
        ("One\n", False),
        ("four\n", False),
        ("", True),
    ],
)
def test_output_that_is_shown_is_compared(expected, said):
    printed = "[12:00] - Preview: http://localhost:3000\none\ntwo\nthree\n"
    assert shows(expected, printed) is said


@pytest.mark.parametrize("path", FOLLOWED, ids=named)
def test_every_block_is_followed_or_says_why_not(path):
    for block in blocks_of(path):
        place = f"{named(path)}, line {block.line}"
        assert block.language in LANGUAGES, place
        assert block.verb in {"", "answers", "fails", "file", "in", "interrupts", "launches", "not run"}, (
            place
        )
        if block.language in CODE - COMMANDS:
            assert block.verb in {"file", "not run"}, place
        if block.verb in {"answers", "fails", "file", "in", "not run"}:
            assert block.object, place


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_inside_the_repository_lead_somewhere(path):
    for target in LINK.findall(re.sub(BLOCK, "", path.read_text(encoding="utf-8"))):
        if "://" not in target:
            name, _, section = target.partition("#")
            file = (path.parent / name).resolve() if name else path
            assert file.exists(), target
            assert not section or section in sections_of(file), target


def sections_of(path):
    titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "design").glob("0*.md")), ids=named)
def test_a_design_page_is_in_the_index_and_has_its_four_parts_on_one_page(path):
    text = path.read_text(encoding="utf-8")
    titles = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert titles == ["Context", "Options", "Decision", "Consequences"]
    assert len(text.splitlines()) <= 60
    number, title = re.match(r"# (\d{4}) · (.*)\n", text).groups()
    index = (path.parent / "README.md").read_text(encoding="utf-8")
    assert f"| [{number}]({path.name}) | {title} |" in index


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["hooks.md", "options.md"])
def test_what_is_written_from_the_code_is_up_to_date(generate, name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == generate.PAGES[name](), f"docs/{name} is stale: run `python docs/generate.py`."


def test_every_hook_is_documented_with_its_arguments():
    text = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    for specs in KINDS.values():
        for name, spec in vars(specs).items():
            if hasattr(spec, f"{NAME}_spec"):
                code = spec.__code__
                arguments = ", ".join(code.co_varnames[1 : code.co_argcount])
                assert f"### `{name}({arguments})`\n" in text


@pytest.mark.parametrize(
    ("title", "most", "left_out"),
    [("A task in 15 lines", 15, "launch.py"), ("A plugin in 40 lines", 40, "question/test_question.py")],
)
def test_the_readme_counts_its_lines_right(title, most, left_out):
    text = (
        (ROOT / "README.md").read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    )
    files = [found for found in BLOCK.finditer(text) if (found["mark"] or "").startswith("file: ")]
    kept = [found["text"] for found in files if found["mark"] != f"file: {left_out}"]
    assert len(kept) == len(files) - 1
    assert len([line for block in kept for line in block.splitlines() if line]) <= most
