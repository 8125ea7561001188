"""CloudEvents: the conformance scenarios, and a program on the SDK of each language."""
