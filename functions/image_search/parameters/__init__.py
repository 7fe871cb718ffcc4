"""The query: validated, sent on, and in one canonical spelling."""
