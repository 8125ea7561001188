"""Adapters, as far as they can be tested without what they adapt."""
