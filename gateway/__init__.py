"""viber-gateway: Viber callbacks to Kafka, Kafka commands to Viber."""
