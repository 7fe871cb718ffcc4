"""What it costs: processor time of a search, and of starting."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import numpy as np

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass
class Cost:
    """Processor time of each call, in milliseconds."""

    milliseconds: list[float] = field(default_factory=list)

    def timed(
        self, work: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
    ) -> Result:
        """Do the work and note what it cost."""
        start = time.process_time()
        result = work(*args, **kwargs)
        self.milliseconds.append((time.process_time() - start) * 1000)
        return result

    def percentile(self, share: float) -> float:
        """The time that `share` percent of the calls did not exceed."""
        return float(np.percentile(self.milliseconds, share))
