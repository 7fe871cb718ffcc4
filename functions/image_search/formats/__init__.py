"""The formats the vendor takes, read and cleaned without decoding a pixel."""
