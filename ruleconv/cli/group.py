"""The group of all commands. It knows their names and one-line helps, so that ``--help`` and ``--version`` load none of them."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from ruleconv import __version__

COMMANDS = {
    "format": "Lay KQL out: one style, every comment kept.",
    "inspect": "Show what a rule does: stages, tests, exclusions, output.",
    "lint": "Check rules: what is wrong, where, and what to do about it.",
    "rule": "Explain a lint rule, or the code of a note.",
    "run": "Execute a KQL query or a rule and print its rows.",
    "support": "Show which operators and functions each backend supports.",
    "translate": "Translate rules to another language.",
}
"""The command ``x`` is ``command`` in ``ruleconv/cli/x.py``."""

USAGE, INTERRUPTED = 2, 130


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"ruleconv.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="ruleconv")
def cli() -> None:
    """Translate, check, explain and run detection rules.

    \b
    Examples:
      ruleconv translate --to sql rule.yaml
      ruleconv run --table SigninLogs=signins.ndjson rule.yaml
    """


def start() -> None:
    """Runs the command line and ends the process. Exit codes: 0 clean, 1 findings, 2 wrong usage, 130 interrupted."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A rule's text may hold any character, a file's name even half ones; neither may stop the run.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    from ruleconv.diagnostic import RuleconvError, UsageError

    try:
        # https://no-color.org: click does not look itself.
        sys.exit(cli.main(standalone_mode=False, color=False if os.environ.get("NO_COLOR") else None) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted", err=True)
        _say_no_more()
        sys.exit(INTERRUPTED)
    except UsageError as error:
        from ruleconv.cli.report import in_words

        _say(in_words(error) + (f" ({error.hint})" if error.hint else ""))
        sys.exit(USAGE)
    except RuleconvError as error:
        # A command tells what is wrong with a rule itself: this is about a file that an option names.
        place = f"{error.place}: " if error.place else ""
        _say(f"{place}{error.message}" + (f" ({error.hint})" if error.hint else ""))
        sys.exit(USAGE)
    except BrokenPipeError:
        _say_no_more()  # the reader has gone (``| head``)
        sys.exit(1)
    except OSError as error:
        if os.environ.get("RULECONV_DEBUG"):
            raise
        _say(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else ""))
        _say_no_more()
        sys.exit(USAGE)
    except Exception as error:
        if os.environ.get("RULECONV_DEBUG"):
            raise
        _say(f"a fault of ruleconv itself: {type(error).__name__}: {error} (RULECONV_DEBUG=1 shows the traceback)")
        sys.exit(1)


def _say(message: str) -> None:
    """What is wrong, in a line; it may speak of names out of a stranger's files."""
    from ruleconv.cli.report import visible

    click.echo(f"Error: {visible(message)}", err=True)


def _open_what_is_closed() -> None:
    """A process started without one of its streams (``<&-``, some schedulers) reads nothing there, and writes to nowhere."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _say_no_more() -> None:
    """Nothing more reaches stdout, not even by the interpreter's own flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
