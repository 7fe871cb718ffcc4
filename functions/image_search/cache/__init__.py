"""Answers by image and parameters: kept in DynamoDB, shared as RFC 9111 and 9211 say."""
