"""The cache, its leases, the circuit and the counters under random schedules, in virtual time.

The code that runs is the deployed one, as `image_search.composition` puts it together. Replaced are
the clocks, the pauses, the threads, and both wires: the table is moto's, called directly, and
upstream is a function. Each request runs in a greenlet, and whatever waits lets others run, so that
one thread plays dozens of sandboxes, and a seed always gives the same schedule.
"""
