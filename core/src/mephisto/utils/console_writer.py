"""An import path of existing run scripts: what they print for people, in colours."""

from rich.console import Console


class ConsoleWriter:
    """Prints to standard output, as rich does; the name of a method says how serious it is."""

    def __init__(self) -> None:
        self._console = Console()

    def info(self, *text: object) -> None:
        self._console.print(*text)

    debug = info

    def warning(self, *text: object) -> None:
        self._console.print(*text, style="yellow")

    def error(self, *text: object) -> None:
        self._console.print(*text, style="red")

    def exception(self, *text: object) -> None:
        """Print what went wrong, and where."""
        self.error(*text)
        self._console.print_exception()
