"""The contract is tested against the kind of stack that the end-to-end tests use."""

from e2e.conftest import stack

__all__ = ["stack"]
