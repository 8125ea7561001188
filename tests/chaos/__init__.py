"""What must hold when things break: processes killed, brokers away, replicas moving."""
