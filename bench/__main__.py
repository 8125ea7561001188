"""Runs one bench: `python -m bench NAME`, or `make bench ARGS=NAME`."""

import argparse
import sys
from types import MappingProxyType

from bench import (
    core,
    http_clients,
    observing,
    profiling,
    receiving,
    sending,
    simulator_load,
    soak,
)
from bench.process import BenchError

BENCHES = MappingProxyType(
    {
        "receiving": receiving,
        "sending": sending,
        "http-clients": http_clients,
        "simulator": simulator_load,
        "core": core,
        "observing": observing,
        "profile": profiling,
        "soak": soak,
    }
)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        "python -m bench",
        description="Measures, and prints what came out; nothing is asserted.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    choices = parser.add_subparsers(dest="bench", required=True)
    for name, bench in BENCHES.items():
        about = (bench.__doc__ or "").splitlines()[0].partition(": ")[2]
        bench.add_options(
            choices.add_parser(
                name,
                help=about,
                description=about,
                formatter_class=argparse.ArgumentDefaultsHelpFormatter,
            )
        )
    options = parser.parse_args()
    try:
        BENCHES[options.bench].run(options)
    except BenchError as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main()
