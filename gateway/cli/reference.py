"""The settings as the README shows them: one Markdown table per group.

`python -m gateway.cli.reference` prints them.  Names, defaults and meanings come from
`settings.py`; a test holds the README to them, to the letter.
"""

from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from gateway.environment import groups
from gateway.settings import SettingsGroup


def settings_tables() -> str:
    """Write the tables of all groups, in Markdown."""
    return "\n\n".join(_table(group) for group in groups().values())


def _table(group: type[SettingsGroup]) -> str:
    head = f"| {(group.__doc__ or '').rstrip('.')} | default | |"
    rows = (
        f"| `{group.prefix}{name.upper()}` | {_default(field)} | {_meaning(field)} |"
        for name, field in group.model_fields.items()
    )
    return "\n".join([head, "|---|---|---|", *rows])


def _default(field: FieldInfo) -> str:
    """Write a default as it would stand in the environment."""
    if field.is_required():
        return "required"
    value = field.default
    if value is None:
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _meaning(field: FieldInfo) -> str:
    choices = ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
    is_choice = get_origin(field.annotation) is Literal
    return (
        f"{field.description} One of {choices}."
        if is_choice
        else f"{field.description}"
    )


if __name__ == "__main__":
    print(settings_tables())
