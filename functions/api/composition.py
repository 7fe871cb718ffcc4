"""The one place where the API's parts are put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.routes import Routes
from image_search.composition import build_bucket, build_core
from image_search.settings import Settings
from image_search.uploads.upload_form import Uploads

if TYPE_CHECKING:
    import httpx


def build(settings: Settings, transport: httpx.BaseTransport | None = None) -> Routes:
    """The Lambda handler. ``transport``: stands in for the network in tests."""
    core = build_core(settings, transport)
    uploads = Uploads(
        build_bucket(settings, settings.uploads_bucket),
        core.tickets,
        core.outcomes,
        start_searches=settings.searches_uploads,
    )
    return Routes(core.search, uploads, core.caller_quota, core.credentials, settings, core.logger)
