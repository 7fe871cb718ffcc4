"""What is logged and counted of a request."""
