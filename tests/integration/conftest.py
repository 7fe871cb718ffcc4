"""The stand-in on loopback, which the handlers have behind them here."""

import threading
import time

import pytest
import uvicorn

from stand_in import Access, create_app
from wire import INDEX_KEY, TOKEN


@pytest.fixture(scope="session")
def stand_in():
    """The stand-in's base URL."""
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(Access(key=INDEX_KEY, token=TOKEN)), port=0, log_level="warning", ws="none"
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join()
