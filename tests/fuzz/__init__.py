"""Coverage-guided fuzz, run by hand: `python -m tests.fuzz`."""
