"""Bots on SDKs, each run by itself in an environment of its own."""
