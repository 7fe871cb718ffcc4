"""The page's own server: its files, where the API is, and what the browser may talk to."""

from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

PAGE = Path(__file__).parent / "page"


def create_app(api: str, stand_in: str) -> Starlette:
    """Both are base URLs without a trailing slash."""
    policy = content_security_policy(api, stand_in)

    async def configuration(_: Request) -> Response:
        return JSONResponse({"api": api, "stand_in": stand_in})

    async def with_headers(request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Cache-Control"] = "no-cache"  # a changed file shows on the next reload
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return Starlette(
        routes=[
            Route("/config.json", configuration),
            Mount("/", StaticFiles(directory=PAGE, html=True)),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=with_headers)],
    )


def content_security_policy(api: str, stand_in: str) -> str:
    """Nothing but this page's own files, the API with its uploads, and the stand-in's pictures."""
    uploads_too = origin(api)  # the emulator serves both
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' blob: {origin(stand_in)}",
            f"connect-src 'self' {uploads_too} {origin(stand_in)}",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


def origin(url: str) -> str:
    """Scheme, host and port of `url`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
