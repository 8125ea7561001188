"""The only importers of client libraries: Kafka, and Viber's API over HTTP."""
