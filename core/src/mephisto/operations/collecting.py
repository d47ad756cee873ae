"""Python's garbage collector while runs are served: it leaves out what was there before the first worker came.

Those are some hundred thousand objects: modules, routes, statements. They live as long as the run, and to walk through
them again and again takes three percent of the time in which workers are answered, in pauses that they wait for.
"""

import gc


def leave_out_what_is_there() -> None:
    """Look only at objects that are made from now on; what is there is freed all the same once nothing refers to it."""
    gc.freeze()


def look_at_everything() -> None:
    """Look at all objects again."""
    gc.unfreeze()
