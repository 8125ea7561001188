"""Kafka by aiokafka; nothing else imports it."""
