"""Examples of every schema: what is right, and mistakes with who refuses them.

All names, ids and tokens are invented.
"""
