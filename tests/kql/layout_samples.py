"""Queries in which every node of the tree stands, in their layout: one text, which the printer must give back."""

from __future__ import annotations

# ruff: noqa: E501
ONE_LINE = """
T | as A
T | as hint.materialized=true A
T | consume
T | count
T | count as N
T | distinct *
T | distinct hint.strategy=shuffle a, b
T | evaluate bag_unpack(d) : (*, a:long)
T | evaluate bag_unpack(d) : (a:long, b:string)
T | evaluate hint.distribution=per_node basket()
T | extend a = 1, ['b c'] = 2, (d, e) = f(g)
T | extend a = -b - -1 + (c + d) * 2 / 3 % 4 - (5 - 6)
T | extend a = b.c.['d e'][0]["f"].[1], g = h(i, j = k)
T | extend a = b["c"].d[-1], c = typeof(long)
T | facet by a, b
T | facet by a with (where b == 1)
T | filter a
T | fork (take 1) b = (count)
T | getschema
T | invoke f(1, 2)
T | invoke database("d").f(1)
T | join (U) on a
T | join kind=leftanti hint.remote=left (U | where a) on a and $left.b == $right.c, d
T | limit 10
T | lookup kind=inner U on a, b
T | make-graph a --> b with U on c
T | make-series a = count() default=0, sum(b) on c from d to e step 1h by f, g
T | make-series count() on a in range(b, c, 1h)
T | make-series kind=nonempty count() on a step 1h
T | mv-apply a on (top 1 by a)
T | mv-apply with_itemindex=i a to typeof(long), b = c limit 3 on (where a > b | project a)
T | mv-expand a, b = c to typeof(string) limit 10
T | mv-expand bagexpansion=array kind=array a
T | mvexpand a
T | order by a asc nulls last, b desc, c
T | parse a with * "b" c:long "d" e *
T | parse kind=regex flags=Ui a with "b" c:string
T | parse-kv a as (b:string, c:long) with (pair_delimiter=" ", quote="'")
T | parse-kv a as (b:string)
T | parse-where a with "b" c
T | partition by a (top 1 by b)
T | partition hint.strategy=native by a.b (where c | take 1)
T | partition by a { U | where b == 1 }
T | partition by a { U }
T | project
T | project a, b = c, d.e
T | project-away a, b*, *c
T | project-keep a, b*
T | project-rename a = b, c = d
T | project-reorder a desc, b* granny-asc, *
T | reduce by a
T | reduce by a with threshold=0.1, characters="-"
T | render timechart
T | render timechart kind=stacked title="x"
T | render piechart with (title="x", series=a, b, xcolumn=c)
T | sample 10
T | sample-distinct 10 of a
T | search "a" and b:"c"
T | search kind=case_sensitive a has "b" or "c"
T | serialize
T | serialize a = row_number()
T | sort by a
T | summarize
T | summarize a = count(), sum(b) by c, bin(d, 1h)
T | summarize by a
T | summarize hint.strategy=shuffle count()
T | take 10
T | top 3 by a desc nulls first
T | top-hitters 3 of a
T | top-hitters 3 of a by b
T | top-nested 3 of a by sum(b) desc, top-nested of c with others = "d" by max(e)
T | union U, V*
T | union kind=inner withsource=S isfuzzy=true U, database("d").V*, (W | take 1)
T | where * has "a"
T | where a !between (1 .. 2) and b between (c .. (d + 1d))
T | where a == 1 and (b or c) and not(d) or e has "f" or (g =~ "h" and i matches regex "j")
T | where a == (b == c) and (d < e) == (f in (1))
T | where a in ("b", "c") and d !in~ ((T | project d)) and e has_any (dynamic(["f"]))
T | where a in (T)
T | where a startswith "b" and c + d has "e" and not(f(g) !contains "h")
T | where a.b == toscalar(U | summarize max(b)) and h contains_cs @"i\\" or isnotempty(j)
T | where true and False != a
alias database a = cluster("b").database("c"); T
cluster("a").database("b").T | take 1
datatable(a:long) [1]
datatable(a:long, b:string) []
datatable(a:long, b:string) [-1, "c"]
declare query_parameters(a: long = 1, b: string); T
declare pattern p = (a:string)[b:string] { ("c").["d"] = { T }; }; T
evaluate narrow()
externaldata(a:string) ["https://b"]
externaldata(a:string, b:long) [@"https://c", h"https://d"] with (format="csv", ignoreFirstRow=true)
find "a"
find in (T, database("d").U*) where a == 1 project-away b
find withsource=S in (T, U) where a == 1 project a, b:long, pack(*)
find where a == 1 project-smart
let a = 1; T
let a = (T: (e:long), U: (*), b: long, c: string = "d") { T | where e == b }; a(1)
let a = datetime(2020-01-01); print b = a, datetime(null), 1d, 1.5, 1e10, true, "c", 'd', h"e", @'f', guid(74be27de-1e4e-49d9-b579-fe0b331d3642)
let a = dynamic({"b": [1, -2.5, null, true, datetime(2020-01-01)], "c": {}}); print a
let a = view () { T }; a
let a = () { let b = 1; b + 1 }; print a()
let ['a b'] = 1; print ['a b']
print 1, a = 2
print ```a b```, ~~~c "d"~~~, "e" 'f'
range a from 1 to 10 step 1
restrict access to (T); T
search "a"
search in (T, U*) "a" or b == "c"
set a; T
set a = 1; T
union T, U
union isfuzzy=true (T), U
T | scan with_match_id=m order by a asc partition by b declare (c:long = 0, d:string) with (step e: f > 1 => c = 1, d = "g"; step h output=last: i.c < 2;)
T | scan with (step a optional: b;)
T | where a == 1 | where b == 2
""".strip("\n").split("\n")
