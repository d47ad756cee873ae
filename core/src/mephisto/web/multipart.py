"""A multipart body, part by part, as it arrives: nothing of a file is ever held in memory as a whole."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

_CHUNK: Final = 64 * 1024
# What the decoder may hold that is no part yet: an honest form's boundaries and headers are far smaller.
_UNREAD: Final = 1024 * 1024


@dataclass(frozen=True)
class TextPart:
    """A field of the form."""

    name: str
    text: str


@dataclass(frozen=True)
class FilePart:
    """A file of the form. Its content has to be read before the next part is asked for, else it is skipped."""

    name: str
    filename: str
    content_type: str
    content: io.BufferedReader


def read_parts(
    body: IO[bytes], boundary: bytes, *, most_text: int, most_file: int, most_parts: int
) -> Iterator[TextPart | FilePart]:
    """Yield the parts in the order in which they were sent."""
    events = _events(body, MultipartDecoder(boundary, max_parts=most_parts, max_form_memory_size=_UNREAD))
    text_left = most_text
    for event in events:
        if isinstance(event, File):
            content = _Content(events, most_file)
            content_type = event.headers.get("content-type", "application/octet-stream")
            yield FilePart(event.name or "", event.filename, content_type, io.BufferedReader(content, _CHUNK))
            content.skip()
        elif isinstance(event, Field):
            content = _Content(events, text_left)
            written = content.readall()
            text_left -= len(written)
            yield TextPart(event.name or "", written.decode(errors="replace"))


def _events(body: IO[bytes], decoder: MultipartDecoder) -> Iterator[Event]:
    while True:
        try:
            event = decoder.next_event()
        except RequestEntityTooLarge:
            raise BadRequest("The form that was sent is incomplete or damaged.") from None
        except ValueError as error:
            raise BadRequest("The form that was sent is incomplete or damaged.") from error
        if isinstance(event, NeedData):
            decoder.receive_data(body.read(_CHUNK) or None)
        else:
            yield event
            if isinstance(event, Epilogue):
                return


class _Content(io.RawIOBase):
    """The bytes of one part, up to *most*."""

    def __init__(self, events: Iterator[Event], most: int) -> None:
        self._events = events
        self._left = most
        self._data = memoryview(b"")
        self._more = True

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._data and self._more:
            self._advance()
        view = memoryview(target).cast("B")
        count = min(len(view), len(self._data))
        view[:count] = self._data[:count]
        self._data = self._data[count:]
        return count

    def skip(self) -> None:
        """Pass over what nobody has read, so that the next event is the next part."""
        while self._more:
            self._advance()

    def _advance(self) -> None:
        event = next(self._events)
        if not isinstance(event, Data):  # the decoder promises otherwise
            raise BadRequest("The form that was sent is incomplete or damaged.")
        self._left -= len(event.data)
        if self._left < 0:
            raise RequestEntityTooLarge
        self._data = memoryview(event.data)
        self._more = event.more_data
