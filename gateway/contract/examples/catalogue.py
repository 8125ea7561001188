"""All examples; every schema has right ones and mistakes."""

from gateway.contract.examples import commands, records, welcome
from gateway.contract.examples.example import Example

EXAMPLES: tuple[Example, ...] = (
    *records.EVENTS,
    *commands.BODIES,
    *commands.FORMS,
    *welcome.EXAMPLES,
    *records.RESULTS,
    *records.DEAD_LETTERS,
)
