"""Images in S3, and the forms that put them there."""
