"""The try-it page: searches with a photo from a browser, as a web shop would.

`page/` is what the browser gets, as it is; the modules beside it are its small server.
"""
