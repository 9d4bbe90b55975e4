"""User time of one command from a cold start: the fastest of several runs, beside that of a bare interpreter.

    python benchmarks/cold_start.py [--runs 7] [ARGUMENTS OF RULECONV ...]

Without arguments: ``translate --to sql`` of the first rule in rules/sentinel.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
from pathlib import Path

RULES = Path(__file__).parent.parent / "rules" / "sentinel"


def user_seconds(command: list[str]) -> float:
    """The user time that the command took, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=7)
    arguments.add_argument("command", nargs=argparse.REMAINDER)
    options = arguments.parse_args()
    command = options.command or ["translate", "--to", "sql", str(min(RULES.glob("*.yaml")))]
    ruleconv = [sys.executable, "-m", "ruleconv.cli", *command]
    bare = [sys.executable, "-c", "pass"]
    figures = {"ruleconv " + " ".join(command): ruleconv, "python -c pass": bare}
    for name, line in figures.items():
        times = sorted(user_seconds(line) for _ in range(options.runs))
        print(f"{times[0]:.3f} s (median {times[len(times) // 2]:.3f} s)  {name}")


if __name__ == "__main__":
    main()
