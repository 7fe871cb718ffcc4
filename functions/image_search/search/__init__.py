"""The use case: answer a search from the cache or from upstream."""
