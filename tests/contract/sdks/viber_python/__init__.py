"""The official SDK for Python, in an environment of its own."""
