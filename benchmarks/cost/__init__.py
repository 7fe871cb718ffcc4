"""What a million searches cost on AWS: measured processor time, and list prices."""
