"""The deployed function's entry point."""

import gc
import os

gc.disable()  # what is made from here on stays: to look it through is a tenth of a cold start

from image_search.aws import snapshot_hooks
from prefetch.composition import build
from prefetch.settings import PrefetchSettings

lambda_handler = build(PrefetchSettings.from_environment(os.environ))

snapshot_hooks.register(lambda_handler.prime)

gc.freeze()
gc.enable()
