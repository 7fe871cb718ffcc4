"""The deployed function's entry point."""

import gc
import os

gc.disable()  # what is made from here on stays: to look it through is a tenth of a cold start

from image_search import snapstart
from image_search.composition import build
from image_search.settings import Settings

lambda_handler = build(Settings.from_environment(os.environ))

snapstart.register(lambda_handler.prime)

gc.freeze()
gc.enable()
