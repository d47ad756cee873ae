"""The command line of a run script: Hydra's own, without what would launch several runs at once, and with `--dry-run` and `--debug`."""

import argparse

from mephisto import __version__

DEBUG = "--debug"


def parser(script: str) -> argparse.ArgumentParser:
    """Return the parser of the run script *script*."""
    made = argparse.ArgumentParser(
        prog=script, description="Launch a human task.", add_help=False, allow_abbrev=False
    )
    made.add_argument("overrides", nargs="*", help="option=value, or group=name; + adds, ~ takes away")
    made.add_argument("--help", "-h", action="store_true", help="show what can be set, and launch nothing")
    made.add_argument("--hydra-help", action="store_true", help="show Hydra's own help")
    made.add_argument(
        "--version", action="version", version=f"mephisto {__version__}", help="show the version"
    )
    made.add_argument(
        "--dry-run",
        action="store_true",
        help="check everything, show what would be launched and what it would cost, and create nothing",
    )
    made.add_argument(
        "--cfg", "-c", choices=("job", "hydra", "all"), help="show the configuration, and launch nothing"
    )
    made.add_argument(
        "--resolve", action="store_true", help="with --cfg: replace what refers to other options"
    )
    made.add_argument("--package", "-p", help="with --cfg: show this part only")
    made.add_argument(
        "--info",
        "-i",
        nargs="?",
        const="all",
        choices=("all", "config", "defaults", "defaults-tree", "plugins", "searchpath"),
        help="show how the configuration is composed, and launch nothing",
    )
    made.add_argument("--config-path", "-cp", help="another folder in the place of hydra_configs")
    made.add_argument("--config-dir", "-cd", help="one more folder to look in")
    made.add_argument(
        "--shell-completion", "-sc", action="store_true", help="install=bash, or uninstall=bash"
    )
    made.add_argument("--run", "-r", action="store_true", help="launch, as without it")
    made.add_argument("--multirun", "-m", action="store_true", help="refused: one command launches one run")
    made.add_argument(DEBUG, action="store_true", help="show the traceback of an error")
    return made
