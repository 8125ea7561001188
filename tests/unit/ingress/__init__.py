"""Callbacks, from the wire to Kafka and back, through the whole public app."""
