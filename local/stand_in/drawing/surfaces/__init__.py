"""What products lie on: surfaces drawn by code, each from a size in pixels and a seed."""
