"""The JSON API under ``/sim`` that plays the users and reads the wire.

FastAPI documents it at ``/docs``.  Tokens are text here: they exceed 2^53.
"""
