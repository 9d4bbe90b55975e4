"""``ruleconv rule``"""

from __future__ import annotations

import difflib
from inspect import getdoc

import click

from ruleconv.diagnostic import UsageError
from ruleconv.ir.notes import NOTE_CODES, WRITERS, NoteCode
from ruleconv.linter.rule import Rule, all_rules


@click.command("rule")
@click.argument("codes", nargs=-1, metavar="[CODE|NAME|GROUP]...")
@click.option("--all", "everything", is_flag=True, help="List all rules, one a line.")
def command(codes: tuple[str, ...], everything: bool) -> None:
    """Explain lint rules: what they find and why it matters, with a bad and a good example; and the codes of notes.

    \b
    Examples:
      ruleconv rule ENT001
      ruleconv rule KQL
      ruleconv rule LOG001
      ruleconv rule --all
    """
    if everything or not codes:
        click.echo("\n".join(map(line, all_rules())))
        return
    known = {rule.code: rule for rule in all_rules()}
    names = {rule.name: rule for rule in all_rules()}
    notes = {note.code: note for note in NOTE_CODES}
    shown: list[str] = []
    for code in codes:
        told = [note for note in NOTE_CODES if code and note.code.startswith(code.upper())]
        if told:
            shown.append("\n".join(map(of_note, told)))
            continue
        found = known.get(code.upper()) or names.get(code.lower())
        group = [rule for rule in all_rules() if rule.code.startswith(code.upper())]
        if not code or (found is None and not group):
            near = difflib.get_close_matches(code.upper(), [*known, *notes], 1) or difflib.get_close_matches(code.lower(), names, 1)
            raise UsageError(
                f"no rule {code or repr(code)}", hint=f"did you mean {near[0]}?" if near else "ruleconv rule --all lists the rules"
            )
        shown.append(page(found) if found is not None else "\n".join(map(line, group)))
    click.echo("\n\n".join(shown))


def line(rule: Rule) -> str:
    """The rule in a list."""
    marks = ("" if rule.recommended else " (off by default)") + (f" ({rule.fixable} fix)" if rule.fixable else "")
    return f"{rule.code:8} {rule.severity.value:8} {rule.name}{marks}"


def of_note(note: NoteCode) -> str:
    """A note's code, in two lines."""
    return f"{note.code} ({', '.join(note.effects)}): {WRITERS[note.code[:3]]}\n  {note.meaning}"


def page(rule: Rule) -> str:
    """The rule's page as text."""
    facts = f"{rule.severity.value}, {'on by default' if rule.recommended else 'off by default'}, on {', '.join(rule.on)}"
    parts = [f"{rule.code} {rule.name}", facts + (f", {rule.fixable} fix" if rule.fixable else ""), "", getdoc(type(rule)) or ""]
    for title, examples in (("Found", rule.bad), ("Not found", rule.good)):
        for example in examples:
            parts += ["", f"{title} ({example.kind}):", *("  " + line for line in example.text.rstrip("\n").split("\n"))]
            if example.fixed:
                parts += ["", "Fixed:", *("  " + line for line in example.fixed.rstrip("\n").split("\n"))]
    if rule.reference:
        parts += ["", f"See {rule.reference}"]
    return "\n".join(parts)
