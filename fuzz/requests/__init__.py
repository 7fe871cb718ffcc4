"""Whole requests, fuzzed: an event of the gateway in, the answer out, through the real handler."""
