"""``python -m ruleconv.cli``: the same as ``ruleconv``."""

from ruleconv.cli import main

if __name__ == "__main__":
    main()
