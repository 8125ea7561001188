"""`viber-gateway conformance`: puts a bot in any language to the test."""

from gateway.cli.conformance.command import conformance

__all__ = ["conformance"]
