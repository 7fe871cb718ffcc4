"""Runs the checks of `make check` and `make check-security`."""
