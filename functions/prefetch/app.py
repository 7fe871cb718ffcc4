"""The deployed function's entry point."""

import gc
import os

from prefetch.composition import build
from prefetch.settings import PrefetchSettings

lambda_handler = build(PrefetchSettings.from_environment(os.environ))

# What lives as long as the sandbox need not be looked at by every collection.
gc.freeze()
