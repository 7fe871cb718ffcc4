"""The deployed function's entry point."""

import os

from image_search.composition import build
from image_search.settings import Settings

lambda_handler = build(Settings.from_environment(os.environ))
