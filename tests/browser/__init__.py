"""The chat page in a real Chromium, against real processes."""
