"""Stand-ins for what lies outside of a unit; the same suites run against the real."""
