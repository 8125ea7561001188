"""Decisions without IO: what things mean, what follows from them.

Nothing here reads a clock, logs, sleeps, or talks to anything; time is an argument.
"""
