"""What DynamoDB charges for the steps of a request, with an answer of 9,000 bytes stored.

Derived from what tests meter (benchmarks/cost/units.py); tests hold the sums of the simulated steps
against the same figures. Not simulated, and so not in here: "upload form" and the other ways that
search nothing.
"""

from __future__ import annotations

from benchmarks.cost.units import METERED

# Also of what is not there.
SMALL_READ = 0.5
# Of the circuit or a counter, and of the lease when it is taken, renewed or ended.
SMALL_WRITE = 1.0
LEASE_READ = METERED["waiter, each look in vain"].read
ANSWER_READ = METERED["hit"].read
# Beside the caller's quota, the daily cap, the lease and its end.
ANSWER_WRITE = METERED["new miss"].write - 4 * SMALL_WRITE
