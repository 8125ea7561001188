"""Adapters and consumer against a real Kafka."""
