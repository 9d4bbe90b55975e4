from hypothesis import given
from hypothesis import strategies as st

from ruleconv.cli import report
from ruleconv.diagnostic import Diagnostic, Severity
from ruleconv.text import Source, Span


def lines(text, start, end, **options):
    import click

    finding = Diagnostic.at(Source(text, "f.kql"), Span(start, end), "X1", options.pop("message", "wrong"), **options)
    return [click.unstyle(line) for line in report.render(finding, text)]


def test_caret_under_the_place():
    assert lines("a\nbcd ef", 6, 8, hint="try") == [
        "f.kql:2:5: error: wrong [X1]",
        "    2 | bcd ef",
        "      |     ^^",
        "  hint: try",
    ]


def test_tabs_and_wide_characters_keep_the_caret_in_place():
    assert lines("\té漢x", 3, 4)[1:] == ["    1 | \té漢x", "      | \t   ^"]


def test_a_place_at_the_end_and_an_empty_text():
    assert lines("ab", 2, 2)[1:] == ["    1 | ab", "      |   ^"]
    assert lines("", 0, 0) == ["f.kql:1:1: error: wrong [X1]"]


def test_a_long_line_is_cut_around_the_place():
    text = "a" * 5000 + "HERE" + "b" * 5000
    _, excerpt, caret = lines(text, 5000, 5004)
    assert len(excerpt) < 160
    at = excerpt.index("HERE")
    assert caret[at : at + 4] == "^^^^"
    assert excerpt[8] == excerpt[-1] == "…"


def test_nothing_steers_the_terminal():
    text = "x \x1b[31m\u202eevil\x07"
    for line in lines(text, 0, 1, message="\x1b]0;title\x07", severity=Severity.INFO):
        assert not {"\x1b", "\x07", "\u202e"} & set(line)


@given(st.text(), st.integers(0, 50), st.integers(0, 50))
def test_any_text_can_be_shown(text, start, length):
    start = min(start, len(text))
    assert lines(text, start, min(len(text), start + length))[0].startswith("f.kql:")
