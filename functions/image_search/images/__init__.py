"""Images: what they are, and how they are made fit for upstream."""
