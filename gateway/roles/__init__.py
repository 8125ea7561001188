"""What each role is made of: the rooms' parts, wired to each other.

With `service`, this is the composition root: nowhere else do rooms meet adapters.
"""
