"""How many requests the cache answers in the long run, when photos are asked for by Zipf's law.

A photo that is asked for ``rate`` times a second is searched once per cycle: its answer lives until
the last tenth of ``TTL_SECONDS``, and the first request after that renews it. Requests come
independently of each other, so a cycle takes 0.9 TTL + 1 / rate, and the share of its requests that
go upstream is 1 / (1 + 0.9 TTL rate).
"""

from __future__ import annotations

import math

from benchmarks.simulation.zipf import Zipf
from image_search.cache.policy import REFRESH_SHARE

TTL_SECONDS = 3600
"""As deployed by default."""
STALE_SECONDS = 86_400
_UNTIL_DUE = TTL_SECONDS * (1 - REFRESH_SHARE)
_STEPS = 2_000


def upstream_share(rate: float, photos: Zipf) -> float:
    """Of all requests, when ``rate`` a second ask for ``photos``, long after the start."""
    exact = range(1, min(photos.size, 1000) + 1)
    share = math.fsum(_asked_and_missed(rate, photos, rank) for rank in exact)
    if photos.size <= 1000:
        return share
    # The many others along a logarithmic scale, on which they lie evenly.
    first, last = math.log(1000.5), math.log(photos.size + 0.5)
    step = (last - first) / _STEPS
    middles = (math.exp(first + (at + 0.5) * step) for at in range(_STEPS))
    return share + math.fsum(_asked_and_missed(rate, photos, x) * x * step for x in middles)


def photos_for(rate: float, repeats: float) -> Zipf:
    """As many photos as make ``repeats`` the share of requests that the cache answers."""
    low, high = 0.0, 100.0  # natural logarithms
    while high - low > 1e-6:
        middle = (low + high) / 2
        if 1 - upstream_share(rate, Zipf(round(math.exp(middle)))) > repeats:
            low = middle
        else:
            high = middle
    return Zipf(round(math.exp(high)))


def _asked_and_missed(rate: float, photos: Zipf, rank: float) -> float:
    probability = photos.probability(1) / rank
    return probability / (1 + _UNTIL_DUE * rate * probability)
