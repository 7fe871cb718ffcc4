"""What the shop sells: products, their categories, colours and prices."""
