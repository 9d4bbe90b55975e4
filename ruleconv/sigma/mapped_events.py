"""The events of one table of ``logsources/``: where each field of a rule is, as expressions, and its tests in the table's own spelling."""

from __future__ import annotations

import re
from dataclasses import replace

from ruleconv.diagnostic import Unsupported
from ruleconv.ir import expr as ir
from ruleconv.ir.expr import ColumnRef, Expr, How, Literal, Match
from ruleconv.ir.fidelity import Effect, Note
from ruleconv.ir.query import Extend, Filter, Named, Rel, Source
from ruleconv.ir.types import Column, Type
from ruleconv.ir.walk import column_names
from ruleconv.schema.model import Table
from ruleconv.sigma import spelling
from ruleconv.sigma.events import LogSource
from ruleconv.sigma.logsources import model
from ruleconv.sigma.logsources.model import At, Carrier, Either, Field, First, Form, Hashes, Join, Same, Scalar, Stripped, Switch
from ruleconv.text import NOWHERE, Span

CONVERSIONS = {
    Type.STRING: "tostring",
    Type.INT: "toint",
    Type.LONG: "tolong",
    Type.REAL: "todouble",
    Type.BOOL: "tobool",
    Type.DATETIME: "todatetime",
}
"""How the value at the end of a dynamic path becomes one of that type."""

DEEPEST = 32
"""Steps of a path that a field's name may ask for."""


class MappedEvents:
    """The rows of one table that are events of the log source. Values that no column holds as they are (a registry key with its value's
    name) become columns named after the field; ``rel`` computes those that were asked for until then."""

    def __init__(self, carrier: Carrier, table: Table, logsource: LogSource, time: str, lacking: tuple[str, ...] = ()) -> None:
        self.carrier, self.table, self.logsource, self.time_column, self.lacking = carrier, table, logsource, time, lacking
        self._computed: dict[str, tuple[str, Expr]] = {}
        self._kept: set[str] = set()
        """Fields whose computed column some test or other use has."""
        self._open: set[str] = set()
        """Fields that were asked for, and no test has been adapted since: their computed column is used too."""
        self._asked: dict[str, Note] = {}

    # ------------------------------------------------------------------------------------------------ the table
    @property
    def rel(self) -> Rel:
        open_ = self.table.open
        columns = self.table.columns or (Column(self.time_column, Type.DATETIME),)
        made: Rel = Source(self.carrier.name, columns, open_, self.logsource.span)
        if self.carrier.filter:
            terms = tuple(self._condition(each) for each in self.carrier.filter)
            made = Filter(made, terms[0] if len(terms) == 1 else ir.And(terms, self.logsource.span), self.logsource.span)
        values = tuple(Named(*made) for name, made in self._computed.items() if name in self._kept or name in self._open)
        if values:
            added = tuple(Column(each.name, Type.STRING) for each in values)
            names = {each.name for each in added}
            made = Extend(made, values, (*(c for c in columns if c.name not in names), *added), self.logsource.span)
        return made

    @property
    def time(self) -> Expr:
        return ColumnRef(self.time_column, Type.DATETIME, span=self.logsource.span)

    @property
    def notes(self) -> tuple[Note, ...]:
        found = [Note("LOG003", effect, f"{self.carrier.name}: {text}", self.logsource.span) for effect, text in self.carrier.notes]
        if self.lacking:
            why = "; ".join(self.lacking)
            found.append(Note("LOG002", Effect.EXACT, f"{self.carrier.name} carries these events: {why}", self.logsource.span))
        return (*found, *self._asked.values())

    # ------------------------------------------------------------------------------------------------ fields
    @staticmethod
    def find(carrier: Carrier, table: Table, name: str) -> Field | None:
        """Where the field is in the table, or None if it is not."""
        known = name if name in carrier.fields else carrier.folded.get(name.casefold(), name)
        if known in carrier.fields:
            return carrier.fields[known]
        for front, path in carrier.fronts:
            if name.startswith(front) and len(name) > len(front):
                steps = name.removeprefix(front).split(".")
                # A number may be a key or a place in a list, which KQL writes differently.
                through = carrier.arrays.intersection(steps[:-1]) or any(step.isdecimal() for step in steps)
                return None if through or len(steps) > DEEPEST else Field(replace(path, path=(*path.path, *steps)))
        if not carrier.rest or known.casefold() in carrier.absent:
            return None
        if carrier.rest == ".":
            column = table.column(known) or next((each for each in table.columns if each.name.casefold() == known.casefold()), None)
            return None if column is None else Field(At((column.name,)))
        if carrier.rest_fields and known not in carrier.rest_fields:
            return None
        return Field(At((carrier.rest, known)))

    def _find(self, name: str, span: Span) -> Field:
        found = self.find(self.carrier, self.table, name)
        if found is None:
            raise Unsupported(f"the field {spelling.short(name)} in {self.carrier.name}", span, "the platform 'generic' takes any field")
        if found.note:
            self._asked[name] = Note("LOG004", found.effect, f"{name}: {found.note}", span)
        return found

    def field(self, name: str, span: Span) -> Expr:
        """A computed column counts as used unless ``adapt`` finds another way for every test that it was asked for."""
        form = self._find(name, span).form
        made = self._plain(form, span)
        if made is None:
            made = self._compute(name, form, span)
            if name in self._open:
                self._kept.add(name)
            self._open.add(name)
        return made

    def _plain(self, form: Form, span: Span) -> Expr | None:
        """The expression that a reader would write in place, None for one that deserves a column of its own."""
        match form:
            case At():
                return self._at(form, span)
            case Same(value):
                return _constant(value, span)
            case _:
                return None

    def _compute(self, name: str, form: Form, span: Span) -> ColumnRef:
        if name not in self._computed:
            taken = {each.name for each in self.table.columns} | {column for column, _ in self._computed.values()}
            column = name if name.isidentifier() else "".join(c if c.isalnum() else "_" for c in name)
            while column in taken:
                column += "_"
            self._computed[name] = (column, self._expression(form, span))
        return ColumnRef(self._computed[name][0], Type.STRING, span=span)

    def _at(self, at: At, span: Span, *, spelt_out: bool = False) -> Expr:
        """``spelt_out``: a conversion from a dynamic value is written, not left to Kusto."""
        first, *steps = at.path
        column = self.table.column(str(first))
        if column is None and self.table.columns:
            raise Unsupported(f"the column {first} of {self.carrier.name}", span, "the schema does not have it")
        type_ = column.type if column else Type.DYNAMIC if steps and not at.parsed else at.type
        made: Expr = ColumnRef(str(first), type_, span=span)
        if at.parsed:
            made = ir.Call("parse_json", (made,), Type.DYNAMIC, span)
        elif type_ is not Type.DYNAMIC and not steps:
            return made
        for step in steps:
            made = ir.Access(made, Literal(step, Type.STRING if isinstance(step, str) else Type.LONG, span), span)
        inner = replace(made, span=NOWHERE) if spelt_out else made
        return ir.Call(CONVERSIONS[at.type], (inner,), at.type, span)

    def _expression(self, form: Form, span: Span) -> Expr:
        """The form as one value, a text but for columns of other types."""
        match form:
            case At():
                return self._at(form, span, spelt_out=True)
            case Same(value):
                return _constant(value, span)
            case Join(first, second, separator, empty):
                front, back = self._text(first, span), self._text(second, span)
                absent: Expr = front
                if empty:
                    absent = ir.Call("strcat", (front, Literal(separator + empty, Type.STRING, span)), Type.STRING, span)
                whole = ir.Call("strcat", (front, Literal(separator, Type.STRING, span), back), Type.STRING, span)
                return ir.Case(((ir.Call("isempty", (back,), Type.BOOL, span), absent),), whole, Type.STRING, span)
            case First(forms):
                texts = tuple(self._text(each, span) for each in forms)
                branches = tuple((ir.Call("isnotempty", (each,), Type.BOOL, span), each) for each in texts[:-1])
                return ir.Case(branches, texts[-1], Type.STRING, span)
            case Either(forms):
                return self._expression(First(forms), span)
            case Hashes(columns):
                parts: list[Expr] = []
                for at, (algorithm, each) in enumerate(columns):
                    parts.append(Literal(f"{',' if at else ''}{algorithm}=", Type.STRING, span))
                    parts.append(self._text(each, span))
                return ir.Call("strcat", tuple(parts), Type.STRING, span)
            case Stripped(inner, front):
                regex = "(?i)^" + re.escape(front)
                arguments = (self._text(inner, span), Literal(regex, Type.STRING, span), Literal("", Type.STRING, span))
                return ir.Call("replace_regex", arguments, Type.STRING, span)
            case Switch(cases, otherwise):
                made = tuple((self._all(when), self._text(then, span)) for when, then in cases)
                default = self._text(otherwise, span)
                if isinstance(default, ir.Case):
                    return ir.Case((*made, *default.branches), default.default, Type.STRING, span)
                return ir.Case(made, default, Type.STRING, span)

    def _text(self, form: Form, span: Span) -> Expr:
        made = self._expression(form, span)
        return made if made.type is Type.STRING else ir.Call("tostring", (made,), Type.STRING, span)

    def _condition(self, condition: tuple[str, tuple[Scalar, ...]]) -> Expr:
        from ruleconv.sigma.logsources.reader import path_of

        column, values = condition
        span = self.logsource.span
        subject = self._at(path_of(column), span)
        patterns = tuple(_constant_as(value, subject.type, span) for value in values)
        if subject.type is Type.STRING or len(patterns) > 1:
            return Match(subject, patterns, How.EQUALS, fold_case=False, span=span)
        return ir.Compare(ir.Comparison.EQ, subject, patterns[0], span=span)

    def _all(self, filter_: model.Filter) -> Expr:
        terms = tuple(self._condition(each) for each in filter_)
        return terms[0] if len(terms) == 1 else ir.And(terms)

    # ------------------------------------------------------------------------------------------------ tests
    def adapt(self, name: str, test: Expr, span: Span) -> Expr:
        if isinstance(test, Match) and isinstance(test.subject, ir.AnyField):
            return self._keywords(test, span)
        found = self._find(name, span)
        made = self._adapted(found, test, spelling.Place(name, self.carrier.name, span))
        if name in self._computed:
            self._open.discard(name)
            if _uses(made, self._computed[name][0]):
                self._kept.add(name)
        return made

    def _adapted(self, found: Field, test: Expr, where: spelling.Place) -> Expr:
        def text_of(form: Form) -> Expr:
            return self._text(form, where.span)

        form = found.form
        if isinstance(form, Either):
            # What is missing is missing in all of them.
            made = tuple(spelling.spelt(found, spelling.with_subject(test, text_of(each)), where) for each in form.forms)
            return ir.And(made, where.span) if isinstance(test, ir.Missing) else ir.Or(made, where.span)
        if found == Field(form) and isinstance(form, At) and (fixed := self._fixed(form)) is not None:
            return spelling.of_constant(fixed, test, where)
        test = spelling.spelt(found, test, where)
        if found.registry_type is not None:
            return spelling.of_registry_data(test, self._at(found.registry_type, where.span), where)
        match form, test:
            case Same(value), _:
                return spelling.of_constant(value, test, where)
            case Hashes(columns), Match():
                return spelling.of_hashes(columns, test, text_of, where)
            case Hashes(columns), ir.Missing():
                return ir.And(tuple(ir.Missing(text_of(each), where.span) for _, each in columns), where.span)
            case Join(), _:
                return spelling.of_join(form, test, text_of) or test
            case _:
                return test

    def _fixed(self, at: At) -> Scalar | None:
        """What the table's filter leaves a column to be, if it is one value."""
        from ruleconv.sigma.logsources.reader import path_of

        found = (values for column, values in self.carrier.filter if path_of(column).path == at.path)
        values = next(found, ())
        return values[0] if len(values) == 1 else None

    def _keywords(self, test: Match, span: Span) -> Expr:
        """Keywords in the columns that hold the text of an event; each pattern may be found in another of them."""
        subjects = tuple(self._at(each, span) for each in self.carrier.keywords)
        dynamic = any(isinstance(each, ir.Call) for each in subjects)
        if not subjects or (dynamic and test.how is not How.CONTAINS):
            return test
        if dynamic:
            place = spelling.Place("keywords", self.carrier.name, span)
            as_json = spelling.spelt(Field(self.carrier.keywords[0], json_text=True), test, place)
            assert isinstance(as_json, Match)
            test = as_json
        if len(subjects) == 1:
            return replace(test, subject=subjects[0])

        def anywhere(patterns: tuple[Expr, ...]) -> Expr:
            return ir.Or(tuple(replace(test, subject=each, patterns=patterns, negated=False) for each in subjects), span)

        if test.quantifier is ir.Quantifier.ALL and len(test.patterns) > 1:
            made: Expr = ir.And(tuple(anywhere((each,)) for each in test.patterns), span)
        else:
            made = anywhere(test.patterns)
        return ir.Not(made, span) if test.negated else made


def _constant(value: Scalar, span: Span = NOWHERE) -> Literal:
    if isinstance(value, bool):
        return Literal(value, Type.BOOL, span)
    return Literal(value, Type.LONG if isinstance(value, int) else Type.STRING, span)


def _constant_as(value: Scalar, type_: Type, span: Span) -> Literal:
    """A filter's value in the type of its column."""
    if type_ is Type.STRING and not isinstance(value, str):
        return Literal(str(value).lower() if isinstance(value, bool) else str(value), type_, span)
    return _constant(value, span)


def _uses(expr: Expr, column: str) -> bool:
    """Whether the expression reads the column."""
    return column in column_names(expr)
