"""What DynamoDB charges for, and where it throttles: the emulators do neither.

``item_size`` and ``units`` compute, ``token_bucket`` and ``meter`` keep account; none of them does
any input or output. Calls get there by two doors: ``resilience.dynamodb_proxy`` for those of real
sandboxes, ``in_process`` for those of unit tests.
"""
