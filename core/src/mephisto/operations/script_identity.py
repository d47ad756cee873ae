"""Which launch this is: a call of `launch_task_run` in a run script, with its arguments, in a folder."""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ScriptIdentity:
    """What a row stores about the process that launched its run. `script` is empty in an interpreter without one.

    `working_directory` is where relative paths of the configuration begin.
    """

    script: str
    script_hash: str
    arguments: list[str]
    working_directory: str


def script_identity(working_directory: Path) -> ScriptIdentity:
    """Say which script runs here, the SHA-256 of its text and its arguments."""
    script = Path(sys.argv[0]).absolute() if sys.argv and sys.argv[0] else None
    is_file = script is not None and script.is_file()
    return ScriptIdentity(
        script=str(script) if is_file else "",
        script_hash=hashlib.sha256(script.read_bytes()).hexdigest() if script and is_file else "",
        arguments=sys.argv[1:],
        working_directory=str(working_directory),
    )
