"""The container image as an engine runs it."""
