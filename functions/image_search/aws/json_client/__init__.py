"""A small client for AWS services that speak JSON: DynamoDB and Secrets Manager."""
