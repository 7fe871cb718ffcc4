"""What bodies are written in: forms, base64 and ``data:`` URIs."""
