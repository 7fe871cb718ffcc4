"""The image search proxy: one Lambda function behind an HTTP API."""
