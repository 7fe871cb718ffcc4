"""AWS's clients and table, without anything of searches."""
