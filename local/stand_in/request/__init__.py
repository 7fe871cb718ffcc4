"""What the contract lets a search ask: its parameters and its image, read and checked."""
