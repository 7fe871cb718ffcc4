"""Coverage-guided fuzzing of everything that reads a file's structure (atheris, libFuzzer)."""
