"""The core, mostly by properties."""
