"""What operators see: probes, metrics, logs, the management port."""
