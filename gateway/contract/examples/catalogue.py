"""All examples; every schema has right ones and mistakes."""

from gateway.contract.examples import commands, records
from gateway.contract.examples.example import Example

EXAMPLES: tuple[Example, ...] = (
    *records.EVENTS,
    *commands.BODIES,
    *commands.FORMS,
    *records.RESULTS,
    *records.DEAD_LETTERS,
)
