"""What tests set and read: credentials that are accepted, faults to come, requests received."""
