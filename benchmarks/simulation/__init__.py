"""A discrete-event simulation of the deployment under load: what saturates first, at what cost.

Time is simulated seconds. Every run is seeded, so the same inputs give the same figures.
"""
