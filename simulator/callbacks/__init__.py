"""Callbacks on their way out: lanes per user, retries, the HTTP client."""
