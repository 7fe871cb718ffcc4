"""The deployed function's entry point."""

import gc
import os

from image_search import snapstart
from prefetch.composition import build
from prefetch.settings import PrefetchSettings

lambda_handler = build(PrefetchSettings.from_environment(os.environ))

snapstart.register(lambda_handler.prime)

# What lives as long as the sandbox need not be looked at by every collection.
gc.freeze()
