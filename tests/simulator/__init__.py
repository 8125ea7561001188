"""That the simulator does what Viber does, and misbehaves as it was told to."""
