"""What Viber demands and how it words it: pure functions and tables.

Nothing here does IO, reads a clock or keeps state of its own.
"""
