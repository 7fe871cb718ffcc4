"""The JSON of an answer, part by part."""
