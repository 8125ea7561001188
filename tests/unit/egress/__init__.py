"""Commands, from the outbound topic to Viber and back, in time that does not pass."""
