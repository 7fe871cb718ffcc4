"""What things cost, each beside something known, in the same run: only the ratios count."""
