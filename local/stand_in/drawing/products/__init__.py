"""How the products of each category are drawn."""
