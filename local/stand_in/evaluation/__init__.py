"""How well the stand-in sees: measured on photos that it has not been made from."""
