"""The try-it page: searches with a photo from a browser, as a web shop would.

`page/` is what the browser gets, as it is; `create_app` makes its small server.
"""

from try_it.app import create_app

__all__ = ["create_app"]
