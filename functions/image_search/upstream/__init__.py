"""Constructor's image_search: the client and the circuit breaker before it."""
