"""Result columns: names, order and types. The expected ones are the answers of Microsoft's own parser to the same queries."""
# ruff: noqa: E501 (queries and their columns stand beside each other)

import pytest

from tests.kql.binding import columns, names

PRINT = {
    "print 1, 'a', b=2, strlen('a'), now()": "print_0:long print_1:string b:long print_3:long print_4:datetime",
    "print x=1 | project x, y=x, strlen('abc'), x+1, 5": "x:long y:long strlen_:long Column1:long Column2:long",
    "range x from 1 to 10 step 1": "x:long",
    "range x from 1 to 10 step 0.5": "x:real",
    "range x from ago(1d) to now() step 1h": "x:datetime",
    "datatable(a:int, b:string)[1, 'x']": "a:int b:string",
}

NAMES = {
    "T | project d.b.c, d[0], d['x'].y, d[1].z, tostring(d.q), d[strcat('a','b')]": "d_b_c:dynamic d_0:dynamic d_x_y:dynamic d_1_z:dynamic "
    "d_q:string d_:dynamic",
    "T | project bin(t, 1h), startofday(t), tolower(s), strlen(s)": "t:datetime t1:datetime Column1:string strlen_s:long",
    "T | extend i+1 | extend i+2 | project i+3, i+4": "Column3:long Column4:long",
    "T | project column_ifexists('s', 'x'), column_ifexists('u', 1), x=column_ifexists('z', now())": "s:string Column1:long x:datetime",
    "let x = 5; T | project x, x+1, s": "x:long Column1:long s:string",
    "T | project s, todatetime(t), tostring(i)": "s:string t:datetime i:string",
}

SUMMARIZE = {
    "T | summarize count(), dcount(s), percentile(l,95.5), percentiles(l,5,95)": "count_:long dcount_s:long percentile_l_95_5:long "
    "percentile_l_5:long percentile_l_95:long",
    "T | summarize take_any(s), any(s), take_any(s,l), arg_max(l,s), make_set(s)": "s:string any_s:string s1:string l:long l1:long s2:string "
    "set_s:dynamic",
    "T | summarize avg(l+1), max(strlen(s)), (a,b)=arg_min(l,s), round(avg(l),2), countif(l>1)+1": "avg_:real max_strlen_s:long a:long b:string "
    "avg_l:real Column1:long",
    "T | project i, l, s | summarize max(i), sum(i), percentile(i,50), avg(i), min(s) by bin(l,1), s=tolower(s)": "l:long s:string max_i:int "
    "sum_i:long percentile_i_50:long avg_i:real min_s:string",
    "T | summarize by bin(l,1), bin(l,2), i": "l:long l1:long i:int",
    "T | project x=l, s | summarize arg_max(x, *) by s": "s:string x:long",
    "T | project x=l, s | summarize c=arg_max(x, *) by s": "s:string c:long",
    "T | project x=l, s | summarize arg_max(x,s,s), arg_max(x,x), take_any(*) by s1=s": "s1:string x:long s:string s2:string x1:long x2:long x3:long",
    "T | project l, s | summarize argmax(l, s), argmin(l, *), argmax(l, strcat(s,'a'))": "max_l:long max_l_s:string min_l:long min_l_s:string "
    "max_l1:long max_l_arg1:string",
    "T | summarize percentiles_array(l,1,2), a=percentiles(l,50,60), (b,c)=percentiles(l,50,60)": "percentiles_l:dynamic a:long "
    "percentile_l_60:long b:long c:long",
    "T | count": "Count:long",
    "T | distinct s, strlen(s), i+1": "s:string strlen_s:long Column1:long",
}

STAGES = {
    "T | project s, l, i | extend s, l=tostring(l), new=1": "s:string l:string i:int new:long",
    "T | project a1=i, a10=i, b=d, a2=s, A3=l | project-reorder a* granny-asc, b": "a1:int a2:string a10:int b:dynamic A3:long",
    "T | project a1=i, a10=i, b=d, a2=s, A3=l | project-reorder * desc": "b:dynamic A3:long a2:string a10:int a1:int",
    "T | project-keep s, i | project-rename x=s | project-away i": "x:string",
    "T | project d, s | mv-expand d, parse_json(s), z=d.y to typeof(long)": "d:dynamic s:dynamic z:long",
    "T | project i, d, s | mv-apply d on (extend q=1 | project q, s)": "i:int s:string q:long",
    "T | project i, d, s | mv-apply with_itemindex=n d to typeof(long), e=d on (top 1 by d)": "i:int s:string d:long e:dynamic n:long",
    "T | project l, s | top-nested 3 of s by count(), top-nested 2 of strcat(s,'a') by x=sum(l)": "s:string aggregated_s:long :string x:long",
    "T | top-hitters 3 of s by l": "s:string approximate_sum_l:long",
    "T | make-series count(), n=sum(r) default=0 on t from ago(1d) to now() step 1h by s": "s:string count_:dynamic n:dynamic t:dynamic",
    "T | project s | parse-kv s as (a:long, b:string)": "s:string a:long b:string",
    "T | sample-distinct 3 of s": "s:string",
    "T | project s | getschema": "ColumnName:string ColumnOrdinal:long DataType:string ColumnType:string",
    "T | project s, l | evaluate pivot(s, sum(l)) : (x:long)": "x:long",
    "T | project s, d | evaluate bag_unpack(d) : (*, a:long)": "s:string a:long",
    "T | project d | extend series_fit_line(d)": "d:dynamic series_fit_line_d_rsquare:real series_fit_line_d_slope:real "
    "series_fit_line_d_variance:real series_fit_line_d_rvariance:real series_fit_line_d_interception:real series_fit_line_d_line_fit:dynamic",
    "T | project d | project (a, b)=series_periods_detect(d, 1.0, 2.0, 2)": "a:dynamic b:dynamic",
    "T | project s | search 'x'": "$table:string s:string",
    "T | project l | sort by l | serialize n=row_number(), prev(l)": "l:long n:long Column1:long",
    "T | project s, l | partition by s (top 1 by l)": "s:string l:long",
}

SEVERAL_TABLES = {
    "Users | join (Logins) on Name": "Name:string Id:long Since:datetime Name1:string Time:datetime Id1:string",
    "Users | join kind=leftanti (Logins) on Name": "Name:string Id:long Since:datetime",
    "Users | join kind=rightsemi (Logins) on Name": "Name:string Time:datetime Id:string",
    "Users | lookup (Logins) on Name": "Name:string Id:long Since:datetime Time:datetime Id1:string",
    "print x=1, x1=2 | join (print x=1) on x": "x:long x1:long x2:long",
    "print x=1 | join (print x=1) on x | join (print x=1) on x": "x:long x1:long x2:long",
    "Users | union Logins": "Name:string Id_long:long Id_string:string Since:datetime Time:datetime",
    "union (print x=1), (print x='a', x_long='c')": "x_long:long x_string:string x_long1:string",
    "union withsource=src (print x=1), (print y=2)": "src:string x:long y:long",
    "search in (Users, Logins) 'x'": "$table:string Name:string Id_long:long Id_string:string Since:datetime Time:datetime",
    "find in (Users) where Id == 1": "source_:string Name:string Id:long Since:datetime",
    "find in (Users, Logins) where Name == 'x' project Name, Time": "source_:string Name:string Time:datetime",
}

THE_ENGINE_KNOWS_BETTER = {
    "T | project s, i | parse s with * 'x' i:long 'y' c": "s:string i:long c:string",
    "T | project l | sort by l | scan declare (x:long=0) with (step a: true => x = a.x + l;)": "l:long x:long",
    "union kind=inner Users, Logins": "Name:string",
}
"""Where the documentation and the emulator say otherwise than the parser: a parsed column replaces one of its name, no match id unless asked."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [*PRINT.items(), *NAMES.items(), *SUMMARIZE.items(), *STAGES.items(), *SEVERAL_TABLES.items(), *THE_ENGINE_KNOWS_BETTER.items()],
    ids=lambda v: v[:60],
)
def test_columns(text: str, expected: str) -> None:
    assert columns(text) == expected.split(" ")


def test_a_star_keeps_the_order_and_leaves_the_keys_out() -> None:
    assert names("T | summarize arg_max(t, *) by s") == ["s", "t", "b", "i", "l", "r", "m", "p", "g", "d"]


TYPES = {
    "i + i": "long", "l / l": "long", "l * r": "real", "r + m": "decimal", "i % l": "long", "t - t": "timespan", "t + p": "datetime",
    "t - p": "datetime", "p / p": "real", "p * 2": "timespan", "2 * p": "timespan", "p / 2.0": "timespan", "p % p": "timespan", "-i": "long",
    "-p": "timespan", "d + 1": "long", "d * 1.5": "real", "t - d": "timespan", "iff(b, 1, 2.0)": "real", "iff(b, d.x, 'a')": "string",
    "iff(b, 'a', 1)": "dynamic", "iff(b, i, l)": "long", "case(b, i, i > 1, l, r)": "real", "coalesce(i, l)": "long", "max_of(i, r)": "real",
    "d.x": "dynamic", "d[0]": "dynamic", "toscalar(Users | project Since)": "datetime", "toscalar(1)": "long", "s has 'x'": "bool",
    "extract('a(.)', 1, s, typeof(long))": "long", "bin(t, 1h)": "datetime", "bin(i, 2)": "long", "strcat(s, 1)": "string",
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TYPES.items())
def test_types(text: str, expected: str) -> None:
    assert columns(f"T | project z = {text}") == [f"z:{expected}"]
