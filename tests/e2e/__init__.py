"""Black-box tests: processes, a Kafka, the simulator; nothing of `gateway` imported."""
