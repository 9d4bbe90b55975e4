"""Options of operators: ``kind=inner``, ``withsource=T``, ``isfuzzy=true``."""

from __future__ import annotations

from ruleconv.kql import tree


def option(parameters: tuple[tree.Parameter, ...], *names: str) -> tree.Expr | None:
    """The value of the option of that name, or None."""
    for parameter in parameters:
        if parameter.name in names:
            return parameter.value
    return None


def word(parameters: tuple[tree.Parameter, ...], *names: str) -> str | None:
    """The option's value as a word: a name, a string, a number."""
    value = option(parameters, *names)
    if value is None:
        return None
    if isinstance(value, tree.Name):
        return value.name
    if isinstance(value, tree.Literal):
        if isinstance(value.value, bool):
            return "true" if value.value else "false"
        return str(value.value)
    return ""


def flag(parameters: tuple[tree.Parameter, ...], *names: str) -> bool:
    """Whether the option is ``true``."""
    return (word(parameters, *names) or "").lower() in ("true", "1")
