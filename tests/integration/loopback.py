"""A server on loopback, whose every connection is served in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count


@contextmanager
def accepting(
    listener: socket.socket, serve: Callable[[socket.socket, int], None]
) -> Iterator[None]:
    """``serve``: gets each connection, and the how manieth it is, from 0."""
    thread = threading.Thread(target=_accept, args=(listener, serve), daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()


def _accept(listener: socket.socket, serve: Callable[[socket.socket, int], None]) -> None:
    for number in count():
        try:
            connection = listener.accept()[0]
        except OSError:
            return  # closed
        threading.Thread(target=serve, args=(connection, number), daemon=True).start()
