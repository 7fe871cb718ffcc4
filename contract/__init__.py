"""The HTTP contract as an OpenAPI 3.1 document, made from the code that enforces it.

``make openapi`` writes the document to ``functions/api/openapi.json``, which is what
``GET /openapi.json`` serves: no request imports this package.

Every member of ``fmt_options`` is a query parameter of its own, such as ``fmt_options[fields]``.
One ``deepObject`` parameter would be shorter and mean the same, but OpenAPI leaves open how lists
and objects inside one are written, and generators differ: many would send ``fields=…``. Explicit
names leave nothing open. Only ``fmt_options[facet_options]``, whose members are named by the
catalogue, stays a ``deepObject``: ``fmt_options[facet_options][color]=red``.
"""

from contract.document import build

__all__ = ["build"]
