"""What a public catalogue lists for a rule, held against its inspection: the differences, one line each."""

SAME = {"eq": {"eq", "in"}, "in": {"in", "eq"}, "match": {"contains", "term", "prefix", "suffix", "regex", "term_prefix", "glob"}}
"""The catalogue's kinds that blur ours; any other is the same."""


def differences(listed, found):
    """Lines ``key: what the catalogue says | what the inspection says``."""
    checks = {
        "severity": lambda said: _same("severity", said.casefold(), found.card.severity.casefold()),
        "time_window": lambda said: _same("time window", said, found.window.period),
        "tactics": lambda said: _all("tactic", said, {each.name.replace(" ", "") for each in found.coverage.tactics}),
        "techniques": lambda said: _all("technique", said.items(), {(each.id, each.name) for each in found.coverage.techniques}),
        "let": lambda said: _all("let", said, {each.name for each in found.lets}),
        "stages": lambda said: _same("stages", said, [stage.kind for stage in found.stages]),
        "consecutive": lambda said: _consecutive(said, found),
        "branches": lambda said: _same("branches", said, len(found.stages[0].branches)),
        "stage_count": lambda said: _same("stage count", said, found.stage_count),
        "exclusions": lambda said: _exclusions(said, found),
        "indicators": lambda said: _indicators(said, found.indicators),
        "output_fields": lambda said: _output(said, found),
    }
    for key, said in listed.items():
        yield from checks[key](said)


def _same(what, said, found):
    if said != found:
        yield f"{what}: {said} | {found}"


def _all(what, said, found):
    for each in said:
        if each not in found:
            yield f"{what}: {each} | not there"


def _consecutive(said, found):
    for kind, counts in said.items():
        folded = [len(stage.texts) for stage in found.stages if stage.kind == kind and len(stage.texts) > 1]
        yield from _same(f"consecutive {kind}", counts, folded)


def _exclusions(said, found):
    for each in said:
        conditions = [one for exclusion in found.exclusions for one in exclusion.conditions]
        if not any(_matches(each, one, SAME.get(each["kind"], {each["kind"]})) for one in conditions):
            yield f"exclusion {each['field']} {each['kind']} | not there"


def _indicators(said, found):
    for each in said:
        kind, field = each["kind"], each["field"]
        of_field = [one for one in found if one.field == field]
        if any(_matches(each, one, {kind}) for one in of_field):
            continue
        blurred = [one for one in of_field if _matches(each, one, SAME.get(kind, {kind}))]
        wanted = set(each.get("values", ()))
        together = set().union(*(_texts(one) for one in of_field if one.kind.value == kind))
        if wanted and wanted <= together:
            yield f"{field} {kind} {sorted(wanted)} | {len(wanted)} indicators, one a stage"
        elif blurred:
            one = blurred[0]
            yield f"{field} {kind} | {one.kind.value}{', all values' if one.all_values else ''}"
        else:
            shown = "; ".join(f"{one.kind.value} {[value.text for value in one.values]}" for one in of_field)
            yield f"{field} {kind} {each.get('values', '')} | {shown or 'not there'}"


def _matches(said, found, kinds):
    values = set(said.get("values", ()))
    return found.field == said["field"] and found.kind.value in kinds and (not values or values <= _texts(found))


def _texts(found):
    return {value.text for value in found.values}


def _output(said, found):
    for each in said:
        made = [one for one in found.output if one.name == each["name"]]
        if not made:
            yield f"output {each['name']} | not there"
        elif each["made_by"] not in made[0].made_by:
            yield f"output {each['name']} made by {each['made_by']} | {', '.join(made[0].made_by)}"
    names = {each["name"] for each in said}
    more = [each.name for each in found.output if each.listed and each.name not in names]
    if more:
        yield f"output | also {', '.join(more)}"
