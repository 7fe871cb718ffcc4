"""Starts the search of an upload before the phone asks: a Lambda function behind S3's events."""
