"""Products drawn by code: sprites with a transparent background, and scenes made of them."""
