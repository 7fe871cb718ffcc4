"""What else one could deploy, each written as its author would; and the floors below all of them.

They run in an environment of their own and know nothing of this project's code.
"""
