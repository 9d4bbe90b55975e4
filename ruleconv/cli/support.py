"""``ruleconv support``"""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

import click

from ruleconv.cli import report
from ruleconv.diagnostic import UsageError

if TYPE_CHECKING:
    from ruleconv.support import Row


@click.command("support")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="How to print the matrix."
)
def command(names: tuple[str, ...], form: str) -> None:
    """Show which operators and functions of KQL each backend supports: exact, noted or refused.

    The matrix is found by translating a sample of each, so it says what this version does.

    \b
    Examples:
      ruleconv support
      ruleconv support make_set has_any join
      ruleconv support --format json
    """
    from ruleconv import support

    known = support.names()
    unknown = [name for name in names if name not in known]
    if unknown:
        near = [each for name in unknown for each in difflib.get_close_matches(name.lower(), known, 1)]
        hint = f"did you mean {', '.join(near)}?" if near else "ruleconv support lists all names"
        raise UsageError("nothing is called " + ", ".join(unknown), hint=hint)
    rows = list(support.matrix(names))
    if form == "markdown":
        click.echo(support.markdown(rows), nl=False)
        return
    if form == "json":
        table = [
            {
                "section": row.section,
                "name": row.name,
                **{dialect: {"support": c.word, "reason": c.reason} for dialect, c in zip(support.DIALECTS, row.cells, strict=True)},
            }
            for row in rows
        ]
        click.echo(json.dumps(table, indent=2, ensure_ascii=False))
        return
    _print(rows)


def _print(rows: list[Row]) -> None:
    width = max(len(row.name) for row in rows)
    section = ""
    from ruleconv.support import DIALECTS, EXACT, NOTED

    for row in rows:
        if row.section != section:
            section = row.section
            click.echo(click.style(f"\n{section:{width}}  " + "  ".join(f"{dialect:8}" for dialect in DIALECTS), bold=True))
        colours = {EXACT: "green", NOTED: "yellow"}
        cells = "  ".join(click.style(f"{cell.word:8}", fg=colours.get(cell.word, "red")) for cell in row.cells)
        reason = next((cell.reason for cell in row.cells if cell.reason), "")
        click.echo(f"{row.name:{width}}  {cells}  {report.visible(reason)}".rstrip())
