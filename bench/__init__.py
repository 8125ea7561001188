"""Throughput, latency and cost, measured end to end; reported, never asserted.

Each bench is a module with `add_options` and `run`; `python -m bench --help` lists
them, README.md says what each one measures and what came out.
"""
