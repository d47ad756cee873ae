"""Numbers of things, as people say them."""


def counted(number: int, thing: str) -> str:
    """Return "1 worker", "2 workers"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def there_are(number: int, thing: str, verbs: tuple[str, str] = ("is", "are")) -> str:
    """Return "1 worker is", "2 workers are"; *verbs* are the forms for one and for many."""
    return f"{counted(number, thing)} {verbs[0] if number == 1 else verbs[1]}"
