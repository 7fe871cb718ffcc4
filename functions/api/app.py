"""The deployed function's entry point."""

import gc
import os

gc.disable()  # what is made from here on stays: to look it through is a tenth of a cold start

from api.composition import build
from image_search.aws import snapshot_hooks
from image_search.settings import Settings

lambda_handler = build(Settings.from_environment(os.environ))

snapshot_hooks.register(lambda_handler.prime)

gc.freeze()
gc.enable()
