"""A local stand-in for upstream's image search: same contract, its own drawn catalogue.

It shares no code with the proxy, so that the two can disagree and a test can notice.
What other code may import is below; the packages beside this file are the stand-in's own.
"""

from stand_in.control.access import Access
from stand_in.request.query import read_query
from stand_in.service.app import create_app

__all__ = ["Access", "create_app", "read_query"]
