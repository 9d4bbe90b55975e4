"""The data of ``ruleconv/sigma/logsources/``: which table carries the events of a log source, and where each field is in it.

``README.md`` beside this file describes the format. Reading needs only the standard library, and happens once a process and platform.
"""

from __future__ import annotations

import os
from functools import cache

from ruleconv.sigma.logsources.model import Carrier
from ruleconv.sigma.logsources.reader import read_file

__all__ = ["Carrier", "carriers"]

FOLDER = os.path.dirname(__file__)


@cache
def carriers(platform: str) -> tuple[Carrier, ...]:
    """Every table of the platform's files, in the order of the files' names and of their places in them."""
    folder = os.path.join(FOLDER, platform)
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return tuple(each for name in names if name.endswith(".toml") for each in read_file(os.path.join(folder, name), platform))
