"""The contract is tested against the kind of stack that the end-to-end tests use."""

from e2e.conftest import parameters, stack

__all__ = ["parameters", "stack"]
