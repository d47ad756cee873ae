"""Both servers of a review, started and stopped together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from flask import Flask

from mephisto.data_model.base import Database
from mephisto.errors import MephistoError
from mephisto.review.page.access import Access
from mephisto.review.page.app import create_review_app
from mephisto.review.page.deciding import Decider
from mephisto.review.page.task_pages import TaskPages, create_pages_app
from mephisto.web import Server, serve

_HOST: Final = "127.0.0.1"


@dataclass(frozen=True)
class ServedReview:
    """A review that is served; `pages` is the origin of the task's own pages."""

    url: str
    pages: str
    access: Access

    @property
    def link(self) -> str:
        """The link that opens the review once."""
        return f"{self.url}/#{self.access.key}"


@contextmanager
def served_review(
    db: Database, task_id: str, task_name: str, port: int, used: Callable[[str], None]
) -> Iterator[ServedReview]:
    """Serve the review of a task on this machine, port 0 being any free one; the task's pages are at the next port.

    *used* is called with the next link whenever one was opened. Raises `MephistoError` if the port is taken.
    """
    access = Access(lambda: used(served.link))
    pages = TaskPages(db, int(task_id))
    behind = _started(create_pages_app(pages), port + 1 if port else 0)
    try:
        decider = Decider(db, int(task_id))
        front = _started(create_review_app(decider, task_name, access, pages, behind.url), port)
        try:
            served = ServedReview(front.url, behind.url, access)
            yield served
        finally:
            front.stop()
    finally:
        behind.stop()


def _started(app: Flask, port: int) -> Server:
    try:
        return serve(app, _HOST, port)
    except OSError as error:
        raise MephistoError(
            f"The review cannot use port {port}.",
            str(error),
            "Choose another port with --port, or leave it out: then any free one is taken.",
        ) from error
