"""From a picture to the products that look like what is in it."""
