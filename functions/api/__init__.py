"""The HTTP API: gateway events in, responses out."""
