"""A local stand-in for the vendor's image search: same contract, its own drawn catalogue.

It shares no code with the proxy, so that the two can disagree and a test can notice.
"""
