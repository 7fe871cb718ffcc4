"""HEIC and AVIF: the pixels that a decoder makes, by what is coded and not by boxes alone."""
