"""The documentation's links within the repository lead somewhere, to their headings, too."""

import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")


def pages():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z", "*.md"], cwd=TOP, capture_output=True, text=True)
    if listed.returncode:
        return sorted([TOP / "README.md", TOP / "CONTRIBUTING.md", *(TOP / "docs").rglob("*.md")])
    return [TOP / name for name in sorted(listed.stdout.split("\0")) if name and (TOP / name).is_file()]


def prose(path):
    """The text without code: what looks like a link there is none."""
    text = re.sub(r"(?ms)^(`{3,}|~{3,})[^\n]*\n.*?^\1[ \t]*$", "", path.read_text("utf-8"))
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)


def anchors(path):
    """The names of a page's headings, as GitHub makes them."""
    headings = re.findall(r"(?m)^#+ +(.+?)\s*$", re.sub(r"(?ms)^```.*?^```$", "", path.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", each)).strip().lower().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("path", pages(), ids=lambda path: str(path.relative_to(TOP)))
def test_links_within_the_repository_lead_somewhere(path):
    dead = []
    for link in LINK.findall(prose(path)):
        if re.match(r"[a-z][a-z+.-]*:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


def test_what_looks_for_links_finds_some():
    assert LINK.findall(prose(TOP / "README.md"))
    assert "see-it" in anchors(TOP / "README.md")
