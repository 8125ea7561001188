"""Callback in, event out."""
