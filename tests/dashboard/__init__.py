"""The dashboard against a real Prometheus that scrapes real gateways under load."""
