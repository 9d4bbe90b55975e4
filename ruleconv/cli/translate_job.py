"""One input of ``ruleconv translate``, from its bytes to the texts of its rules and what there is to say about them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from ruleconv.cli import report
from ruleconv.cli.files import Input
from ruleconv.diagnostic import Diagnostic, RuleconvError, Unsupported, UsageError
from ruleconv.ir.fidelity import Effect, Note, Translation
from ruleconv.rulefile.detect import detect, may_be_rule
from ruleconv.rulefile.model import Kind
from ruleconv.schema import Schema
from ruleconv.text import Source
from ruleconv.translation import Options

SKIPPED, BROKEN = "skipped", "broken"


@dataclass
class Outcome:
    """What became of one input, which may hold several rules: ``words`` has one for each (its effect, broken or skipped)."""

    name: str
    source: Source = field(default_factory=lambda: Source(""))
    texts: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    notes: list[tuple[Note, Diagnostic]] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)
    written: str = ""

    def add(self, made: Translation) -> None:
        self.texts.append(made.text)
        self.words.append(made.effect.value)
        self.notes += [(note, report.of_note(note, made.source or self.source)) for note in sorted(made.notes, key=lambda n: n.span.start)]

    def fail(self, error: RuleconvError) -> None:
        if error.source is not None and not self.source.text:
            self.source = error.source
        self.words.append(Effect.REFUSED.value if isinstance(error, Unsupported) else BROKEN)
        self.errors += report.of_error(error, self.source)

    @property
    def findings(self) -> list[Diagnostic]:
        return [*(found for _, found in self.notes), *self.errors]

    @property
    def skipped(self) -> bool:
        return SKIPPED in self.words

    @property
    def effect(self) -> Effect | None:
        """The worst of its rules; None: one is broken, or nothing was to be translated."""
        if not self.words or {SKIPPED, BROKEN} & set(self.words):
            return None
        return max(map(Effect, self.words), key=lambda effect: effect.rank)


@dataclass
class Job:
    """How the rules are translated. ``alone``: there is one file, so that options which it has no use for are a mistake.
    ``used``: there are no options for Sigma, or there was a rule to use them."""

    source: str | None
    to: str
    dialect: str
    schema: Schema
    options: Options
    lossy: bool
    alone: bool

    def __post_init__(self) -> None:
        self.used = not self.options.given()

    def run(self, each: Input) -> Outcome:
        """One input, with every failure turned into findings. UsageError for an option that is none for the one rule there is."""
        from ruleconv.translation import translate_each

        outcome = Outcome(each.name, Source("", each.name))
        try:
            outcome.source = file = each.load()
            kind = Kind(self.source) if self.source is not None else detect(file)
            if self.source is None and file.text.strip() and not may_be_rule(file, kind):
                outcome.words.append(SKIPPED)
                return outcome
            ours = kind is Kind.SIGMA or self.alone
            self.used |= ours
            made = translate_each(
                file,
                source=self.source,
                to=self.to,
                dialect=self.dialect,
                schema=self.schema,
                options=self.options if ours else Options(),
                lossy=self.lossy,
            )
            for one in made:
                if isinstance(one, RuleconvError):
                    outcome.fail(one)
                else:
                    outcome.add(one)
        except RuleconvError as error:
            if self.alone and isinstance(error, UsageError) and error.option:
                raise
            outcome.fail(error)
        except Exception as error:
            if os.environ.get("RULECONV_DEBUG"):
                raise
            outcome.words.append(BROKEN)
            outcome.errors.append(report.of_crash(error, outcome.source))
        return outcome
