"""Functions of times: the clock, parts, borders of periods, differences, texts.

Source: https://learn.microsoft.com/kusto/query/scalar-functions (date and time functions); types and names as the official parser has them.
All times are UTC (S1); the week starts on Sunday, but ``week_of_year`` is ISO 8601; the end of a period is its last microsecond (S5).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ruleconv.catalogue.model import Example, Function, Naming, NullRule, Parameter, Sql
from ruleconv.catalogue.parameters import anything, optional
from ruleconv.ir.types import Type

_TIME = Parameter("time", (Type.DATETIME,))
_OFFSET = optional(Parameter("offset", (Type.LONG, Type.INT)))
_PART = Parameter("part", (Type.STRING,), constant=True)
_FORMAT = Parameter("format", (Type.STRING,), constant=True)
_NUMBER = Parameter("number", (Type.REAL, Type.LONG, Type.INT, Type.DECIMAL))
_ZONE = Parameter("zone", (Type.STRING,))


def _at(kql: str, text: str) -> Example:
    """A datetime, by its ISO text."""
    return Example(kql, datetime.fromisoformat(text).replace(tzinfo=UTC))


def _part(name: str, field: str, doc: str, *examples: Example, aliases: tuple[str, ...] = ()) -> Function:
    sql = Sql(postgres=f"CAST(EXTRACT({field} FROM _time) AS INT)", duckdb=f"EXTRACT({field} FROM _time)")
    return Function(name, (_TIME,), Type.INT, doc, aliases=aliases, sql=sql, examples=examples)


CLOCK: tuple[Function, ...] = (
    Function(
        "now",
        (optional(Parameter("offset", (Type.TIMESPAN,))),),
        Type.DATETIME,
        "The present time, the same throughout a query.",
        examples=(Example("now() == now()", True), Example("now(1h) - now() == 1h", True)),
    ),
    Function(
        "ago",
        (Parameter("offset", (Type.TIMESPAN,)),),
        Type.DATETIME,
        "The present time less a timespan.",
        examples=(Example("now() - ago(1h) == 1h", True),),
    ),
)

PARTS: tuple[Function, ...] = (
    Function(
        "dayofweek",
        (_TIME,),
        Type.TIMESPAN,
        "The days since Sunday, as a timespan.",
        sql=Sql(postgres="EXTRACT(DOW FROM _time) * INTERVAL '1 DAY'", duckdb="TO_DAYS(CAST(EXTRACT(DOW FROM _time) AS INT))"),
        examples=(
            Example("dayofweek(datetime(1947-11-30 10:00:05))", timedelta(0)),
            Example("dayofweek(datetime(1970-05-11))", timedelta(1)),
            Example("dayofweek(datetime(2015-12-14)) / 1d", 1.0),
        ),
    ),
    _part("dayofmonth", "DAY", "The day of the month.", Example("dayofmonth(datetime(2015-12-14))", 14)),
    _part(
        "dayofyear",
        "DOY",
        "The day of the year.",
        Example("dayofyear(datetime(2015-12-14))", 348),
        Example("dayofyear(datetime(2020-12-31))", 366),
    ),
    _part("hourofday", "HOUR", "The hour of the day.", Example("hourofday(datetime(2015-12-14 18:54))", 18)),
    _part(
        "week_of_year",
        "WEEK",
        "The week of the year by ISO 8601.",
        Example("week_of_year(datetime(2020-12-31))", 53),
        Example("week_of_year(datetime(2000-01-01))", 52),
        aliases=("weekofyear",),
    ),
    _part("monthofyear", "MONTH", "The month of the year.", Example("monthofyear(datetime(2015-12-14))", 12), aliases=("getmonth",)),
    _part("getyear", "YEAR", "The year.", Example("getyear(datetime(2015-10-12))", 2015)),
    Function(
        "datetime_part",
        (_PART, _TIME),
        Type.INT,
        "A part of a time as a number, by the part's name.",
        aliases=("datepart",),
        examples=tuple(
            Example(f"datetime_part('{part}', datetime(2017-10-30 01:02:03.7654320))", value)
            for part, value in (
                ("year", 2017),
                ("Quarter", 4),
                ("month", 10),
                ("week_of_year", 44),
                ("day", 30),
                ("dayOfYear", 303),
                ("hour", 1),
                ("minute", 2),
                ("second", 3),
                ("millisecond", 765),
                ("microsecond", 765432),
                ("nanosecond", 765432000),
            )
        ),
    ),
)


def _border(name: str, doc: str, *examples: Example, naming: Naming = Naming.NONE) -> Function:
    return Function(name, (_TIME, _OFFSET), Type.DATETIME, doc, naming=naming, examples=examples)


BORDERS: tuple[Function, ...] = (
    _border(
        "startofday",
        "When the day began, `offset` days later.",
        _at("startofday(datetime(2017-01-01 10:10:17))", "2017-01-01"),
        _at("startofday(datetime(2017-01-01 10:10:17), -1)", "2016-12-31"),
        naming=Naming.ARGUMENT,
    ),
    _border(
        "startofweek",
        "When the week began, a Sunday, `offset` weeks later.",
        _at("startofweek(datetime(2017-01-01 10:10:17))", "2017-01-01"),
        _at("startofweek(datetime(2017-01-01 10:10:17), 1)", "2017-01-08"),
        _at("startofweek(datetime(2017-01-01 10:10:17), -1)", "2016-12-25"),
    ),
    _border(
        "startofmonth",
        "When the month began, `offset` months later.",
        _at("startofmonth(datetime(2020-06-15), -1)", "2020-05-01"),
        _at("startofmonth(datetime(2020-06-15), 2)", "2020-08-01"),
    ),
    _border("startofyear", "When the year began, `offset` years later.", _at("startofyear(datetime(2020-06-15), 1)", "2021-01-01")),
    _border(
        "endofday",
        "When the day ends, `offset` days later.",
        _at("endofday(datetime(2017-01-01 10:10:17), -1)", "2016-12-31T23:59:59.999999"),
    ),
    _border(
        "endofweek",
        "When the week ends, a Saturday, `offset` weeks later.",
        _at("endofweek(datetime(2020-06-15 13:45))", "2020-06-20T23:59:59.999999"),
        _at("endofweek(datetime(2017-01-01 10:10:17), -1)", "2016-12-31T23:59:59.999999"),
    ),
    _border(
        "endofmonth",
        "When the month ends, `offset` months later.",
        _at("endofmonth(datetime(2017-01-01 10:10:17), 1)", "2017-02-28T23:59:59.999999"),
    ),
    _border(
        "endofyear", "When the year ends, `offset` years later.", _at("endofyear(datetime(2020-06-15 13:45))", "2020-12-31T23:59:59.999999")
    ),
)

CALCULATIONS: tuple[Function, ...] = (
    Function(
        "datetime_add",
        (_PART, Parameter("amount", (Type.LONG, Type.INT)), _TIME),
        Type.DATETIME,
        "The time that many periods later; a day that the month does not have becomes its last.",
        examples=(
            _at("datetime_add('month', -1, datetime(2020-03-31))", "2020-02-29"),
            _at("datetime_add('week', 2, datetime(2020-06-15))", "2020-06-29"),
            _at("datetime_add('quarter', 12, make_datetime(2017,1,1))", "2020-01-01"),
            _at("datetime_add('second', 90, datetime(2020-12-31 23:59:00))", "2021-01-01T00:00:30"),
            _at("datetime_add('millisecond', 1500, datetime(2020-01-01))", "2020-01-01T00:00:01.500000"),
        ),
    ),
    Function(
        "datetime_diff",
        (_PART, Parameter("left", (Type.DATETIME,)), Parameter("right", (Type.DATETIME,))),
        Type.LONG,
        "How many borders of the period lie between two times: `left` - `right`.",
        examples=(
            Example("datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31))", 17),
            Example("datetime_diff('quarter', datetime(2017-07-01), datetime(2017-03-30))", 2),
            Example("datetime_diff('month', datetime(2017-01-01), datetime(2015-12-30))", 13),
            Example("datetime_diff('week', datetime(2017-10-29 00:00), datetime(2017-09-30 23:59))", 5),
            Example("datetime_diff('week', datetime(2000-01-01), datetime(2017-01-01))", -888),
            Example("datetime_diff('day', datetime(2017-10-29 00:00), datetime(2017-09-30 23:59))", 29),
            Example("datetime_diff('hour', datetime(2017-10-31 01:00), datetime(2017-10-30 23:59))", 2),
            Example("datetime_diff('minute', datetime(2017-10-30 23:05:01), datetime(2017-10-30 23:00:59))", 5),
            Example("datetime_diff('second', datetime(2017-10-30 23:00:10.100), datetime(2017-10-30 23:00:00.900))", 10),
            Example("datetime_diff('millisecond', datetime(2017-10-30 23:00:00.200100), datetime(2017-10-30 23:00:00.100900))", 100),
            Example("datetime_diff('day', datetime(1950-06-15 13:45:00), datetime(2000-01-01))", -18097),
        ),
    ),
    Function(
        "datetime_utc_to_local",
        (_TIME, _ZONE),
        Type.DATETIME,
        "The time on the clocks of a time zone.",
        nulls=NullRule.SOMETIMES,
        sql=Sql("_time AT TIME ZONE 'UTC' AT TIME ZONE _zone"),
        examples=(_at("datetime_utc_to_local(datetime(2022-07-11 22:18:48), 'US/Pacific')", "2022-07-11T15:18:48"),),
    ),
    Function(
        "datetime_local_to_utc",
        (_TIME, _ZONE),
        Type.DATETIME,
        "The UTC time at which the clocks of a time zone show this.",
        nulls=NullRule.SOMETIMES,
        sql=Sql("_time AT TIME ZONE _zone AT TIME ZONE 'UTC'"),
        examples=(_at("datetime_local_to_utc(datetime(2022-07-11 15:18:48), 'US/Pacific')", "2022-07-11T22:18:48"),),
    ),
    Function(
        "datetime_list_timezones",
        (),
        Type.DYNAMIC,
        "The names of all time zones.",
        refusal="an engine's own list of time zones is another one",
    ),
)

MAKERS: tuple[Function, ...] = (
    Function(
        "make_datetime",
        (anything("year"), *(optional(_NUMBER) for _ in range(5))),
        Type.DATETIME,
        "A time from year, month, day and the optional hour, minute and second; null when there is no such time.",
        nulls=NullRule.SOMETIMES,
        examples=(
            _at("make_datetime(2017,10,01)", "2017-10-01"),
            _at("make_datetime(2017,10,01,12,10)", "2017-10-01T12:10"),
            _at("make_datetime(2017,10,01,12,11,0.1234567)", "2017-10-01T12:11:00.123456"),
            Example("make_datetime(2017,2,30)", None),
        ),
    ),
    Function(
        "make_timespan",
        (anything("first"), *(optional(_NUMBER) for _ in range(3))),
        Type.TIMESPAN,
        "A timespan from hours and minutes, with seconds, or with days before and seconds.",
        nulls=NullRule.SOMETIMES,
        examples=(
            Example("make_timespan(1,12)", timedelta(hours=1, minutes=12)),
            Example("make_timespan(1,12,30)", timedelta(hours=1, minutes=12, seconds=30)),
            Example("make_timespan(1,12,30,55.123)", timedelta(days=1, hours=12, minutes=30, seconds=55.123)),
            Example("make_timespan(24,0)", None),
        ),
    ),
    *(
        Function(
            f"unixtime_{unit}_todatetime",
            (_NUMBER,),
            Type.DATETIME,
            f"The time that many {unit} after 1970.",
            nulls=NullRule.SOMETIMES,
            examples=(_at(f"unixtime_{unit}_todatetime({value})", "2019-01-01"),),
        )
        for unit, value in (
            ("seconds", "1546300800"),
            ("milliseconds", "1546300800000"),
            ("microseconds", "1546300800000000"),
            ("nanoseconds", "1546300800000000000"),
        )
    ),
)

TEXTS: tuple[Function, ...] = (
    Function(
        "format_datetime",
        (_TIME, _FORMAT),
        Type.STRING,
        "A time as text: d dd f F h hh H HH m mm M MM s ss y yy yyyy tt and delimiters.",
        naming=Naming.ARGUMENT,
        examples=(
            Example("format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]')", "17-01-29 [09:00:05]"),
            Example("format_datetime(datetime(2017-01-29 09:00:05), 'yyyy-M-dd [H:mm:ss]')", "2017-1-29 [9:00:05]"),
            Example("format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [hh:mm:ss tt]')", "17-01-29 [09:00:05 AM]"),
            Example("format_datetime(datetime(2007-03-09 05:04:03.5), 's.f')", "3.5"),
            Example("format_datetime(datetime(2007-03-09 00:30:00), 'hh:mm tt')", "12:30 AM"),
            Example("format_datetime(datetime(2020-06-15 09:05:03.007), 'MM/dd/yyyy HH:mm:ss.fff')", "06/15/2020 09:05:03.007"),
            Example("format_datetime(datetime(2020-06-15 09:05:03.007), 'M/d/yy H:m:s')", "6/15/20 9:5:3"),
            Example(
                "format_datetime(datetime(2009-06-15T13:45:30.6170000), 'yyyyMMddHHmmss ff fffffff FFFF y')",
                "20090615134530 61 6170000 617 9",
            ),
        ),
    ),
    Function(
        "format_timespan",
        (Parameter("timespan", (Type.TIMESPAN,)), _FORMAT),
        Type.STRING,
        "A timespan as text: d h hh m mm s ss f F and delimiters.",
        naming=Naming.ARGUMENT,
        examples=(
            Example("format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss:FF')", "29.09:00:05:12"),
            Example("format_timespan(time(29.09:00:05.12345), 'ddd.h:mm:ss [fffffff]')", "029.9:00:05 [1234500]"),
            Example("format_timespan(-2h - 30m, 'hh:mm')", "-02:30"),
        ),
    ),
)

FUNCTIONS: tuple[Function, ...] = (*CLOCK, *PARTS, *BORDERS, *CALCULATIONS, *MAKERS, *TEXTS)
