"""`make smoke`: whether a deployment does what it should, asked from outside and of AWS."""
