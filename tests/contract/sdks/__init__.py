"""Programs on the SDKs of Viber itself, each with dependencies of its own."""
