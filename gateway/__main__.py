"""The outside world turned into arguments, and outcomes into exit codes."""


def main() -> None:
    """Run the command line."""
