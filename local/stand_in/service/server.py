"""The web server, which says where it is once it can be used."""

import socket
import sys

import uvicorn
from starlette.applications import Starlette

from stand_in.service.connection import HangingUpProtocol

# Longer than clients keep an idle connection: they should never find it closed on them.
_KEEP_ALIVE_SECONDS = 75


class AnnouncedServer(uvicorn.Server):
    """Prints one line with its address when it takes requests."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            sys.stdout.write(f"stand-in image_search is ready at http://{host}:{port}\n")
            sys.stdout.flush()


def serve(app: Starlette, host: str, port: int) -> None:
    """Answer requests until told to stop; port 0 takes any free one."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=HangingUpProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # who connects is recorded, and not whom it says it speaks for
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    AnnouncedServer(config).run()
