"""One part at a time: no sockets, no sleeping, no patching of our own code."""
