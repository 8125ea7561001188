"""The SDK for Python, run by itself."""
