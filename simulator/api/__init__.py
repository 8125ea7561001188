"""The REST Bot API at ``/pa``: one endpoint, a table of methods, their checks."""
