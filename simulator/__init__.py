"""A faithful Viber."""
