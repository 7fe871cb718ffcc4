"""HTTP: the routes, the endpoint of the image search, and the server they run in."""
