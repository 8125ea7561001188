"""The JSON API under ``/sim`` that plays the users and reads the wire.

FastAPI describes it at ``/openapi.json``.  Tokens are text here: they exceed 2^53.
"""
