"""The deployed function's entry point."""

import gc
import os

from image_search import snapstart
from image_search.composition import build
from image_search.settings import Settings

lambda_handler = build(Settings.from_environment(os.environ))

snapstart.register(lambda_handler.prime)

# What lives as long as the sandbox need not be looked at by every collection.
gc.freeze()
