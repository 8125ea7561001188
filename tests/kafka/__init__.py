"""Kafka for the tests: which one, and how it is started.

`plugin` holds the fixtures, `choice` the order in which the kinds are tried,
`providers` how each kind is started, `broker` what a test is given.
`cluster` starts real Apache Kafka from its jars and is a command line as well:
`python -m tests.kafka.cluster run --brokers 3`.
`cluster` and what it imports need nothing but Python's own library.
"""
