"""The formats upstream takes, read and cleaned without decoding a pixel."""
