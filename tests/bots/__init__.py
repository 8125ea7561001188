"""The bots of `bots/`, and the command that puts bots to the test."""
