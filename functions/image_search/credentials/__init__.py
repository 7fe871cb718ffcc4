"""The deployment's secret, and what keeps it out of everything that leaves."""
