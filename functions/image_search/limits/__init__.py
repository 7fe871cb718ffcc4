"""How much a caller, and the whole deployment, may ask for."""
