"""`make doctor`: what would make a first deployment fail, before anything is built."""
