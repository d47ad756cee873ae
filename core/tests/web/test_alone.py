import os
import shutil
import subprocess
import sys
from pathlib import Path

import mephisto.web

PROGRAM = """
import sys
from importlib.abc import MetaPathFinder
from urllib.request import urlopen

ALLOWED = {"mephisto", "flask", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "click", "blinker",
           "cheroot", "jaraco", "more_itertools", "typing_extensions", "OpenSSL", "dotenv", "cryptography",
           "colorama", "greenlet", "backports", "trustme", "win32file", "_typeshed"}

class OnlyWhatIsDeployed(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in ALLOWED and top not in sys.stdlib_module_names:
            raise ImportError(f"{name} is not deployed")

sys.meta_path.insert(0, OnlyWhatIsDeployed())
import mephisto
assert mephisto.__file__.startswith(sys.argv[1]), mephisto.__file__

import mephisto.web
assert not {"flask", "cheroot"} & set(sys.modules), "the front door is not lazy"
from mephisto.web import Desk, Packet, Reply, Server, Site, create_app, serve
from pathlib import Path

class NoDesk:
    def handle(self, packet):
        return Reply({"status": "ok"})
    def upload(self, packet, stream):
        return Reply({"upload_id": "1"})

folder = Path(sys.argv[1]) / "site"
Site("T", "D", "task.html").write(folder)
(folder / "public" / "task.html").write_text("<p>${a}</p>")
server = serve(create_app(folder, NoDesk()), "localhost", 0)
assert urlopen(server.url).status == 200
assert b"${a}" in urlopen(server.url + "/page-preview.html").read()
server.stop()
print(sorted(name for name in sys.modules if name.split(".")[0] == "mephisto"))
"""


def test_the_package_works_where_nothing_else_of_mephisto_is(tmp_path):
    """A later architect ships this folder alone, to a machine with Flask and cheroot."""
    shutil.copytree(Path(mephisto.web.__file__).parent, tmp_path / "mephisto" / "web")
    (tmp_path / "mephisto" / "__init__.py").touch()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    program = [sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(
        program, check=False, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "mephisto.web.app" in done.stdout
