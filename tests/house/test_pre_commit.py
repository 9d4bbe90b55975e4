from pathlib import Path

import yaml
from click.testing import CliRunner

from ruleconv.cli.group import cli

TOP = Path(__file__).parents[2]


def test_every_hook_calls_a_command_that_exists():
    for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text()):
        program, *words = hook["entry"].split()
        assert program == "ruleconv"
        assert CliRunner().invoke(cli, [*words, "--help"]).exit_code == 0
