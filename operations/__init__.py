"""What operators run by hand against a deployment, with credentials of their own."""
