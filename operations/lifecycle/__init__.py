"""The life of a deployment: whether it may begin, its versions, rolling it back, its end."""
