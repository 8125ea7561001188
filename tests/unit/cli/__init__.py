"""Tests of the command line's own decisions; no sockets."""
