"""Functions over datetimes and timespans.

Source: https://learn.microsoft.com/kusto/query/scalar-functions (date and time functions). All times are UTC (S1); weeks begin on Sunday, but
``week_of_year`` is ISO 8601; the ``endof`` functions give the last microsecond (S5).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ruleconv.catalogue.model import Example, Function, Naming, NullRule, Parameter, Sql
from ruleconv.catalogue.parameters import number, optional, whole
from ruleconv.ir.types import Type

_DATE = Parameter("date", (Type.DATETIME, Type.DYNAMIC))
_PART = Parameter("part", (Type.STRING,), constant=True)
_FORMAT = Parameter("format", (Type.STRING,), constant=True)
_ZONE = Parameter("timezone", (Type.STRING,), constant=True)


def _part(name: str, field: str, doc: str, value: int, *aliases: str) -> Function:
    """A field of the datetime as an int."""
    sql = Sql(f"CAST(EXTRACT({field} FROM _date) AS INT)")
    return Function(name, (_DATE,), Type.INT, doc, aliases=aliases, sql=sql, examples=(Example(f"{name}(datetime(2015-12-14 23:40))", value),))


def _border(unit: str, *, end: bool) -> Function:
    """``startofday`` and its kin: an optional offset counts in the unit."""
    start = f"DATE_TRUNC('{unit}', _date)" if unit != "week" else "DATE_TRUNC('week', _date + INTERVAL '1 DAY') - INTERVAL '1 DAY'"
    step = {"day": "1 DAY", "week": "7 DAY", "month": "1 MONTH", "year": "1 YEAR"}[unit]
    text = f"{start} + INTERVAL '{step}' - INTERVAL '1 MICROSECOND'" if end else start
    if end and unit == "week":
        text = "DATE_TRUNC('week', _date + INTERVAL '1 DAY') + INTERVAL '6 DAY' - INTERVAL '1 MICROSECOND'"
    name = f"{'end' if end else 'start'}of{unit}"
    first = {"day": (2017, 1, 5), "week": (2017, 1, 1), "month": (2017, 1, 1), "year": (2017, 1, 1)}[unit]
    after = {"day": (2017, 1, 6), "week": (2017, 1, 8), "month": (2017, 2, 1), "year": (2018, 1, 1)}[unit]
    value = datetime(*after, tzinfo=UTC) - timedelta(microseconds=1) if end else datetime(*first, tzinfo=UTC)
    return Function(
        name, (_DATE, optional(whole("offset"))), Type.DATETIME, f"The {'end' if end else 'start'} of the {unit}.",
        naming=Naming.ARGUMENT if name == "startofday" else Naming.NONE, sql=Sql(text), examples=(Example(f"{name}(datetime(2017-01-05 10:10:17))", value),),
    )


def _unix(unit: str, postgres: str, micros: str, value: str) -> Function:
    sql = Sql(
        postgres=f"TIMESTAMP '1970-01-01 00:00:00' + _number * INTERVAL '{postgres}'" if postgres else "TIMESTAMP '1970-01-01 00:00:00' + _number / 1000.0 * INTERVAL '1 MICROSECOND'",
        duckdb=f"MAKE_TIMESTAMP(CAST({micros} AS BIGINT))",
    )
    return Function(
        f"unixtime_{unit}_todatetime", (number("number"),), Type.DATETIME, f"The datetime of a Unix time in {unit}.", nulls=NullRule.SOMETIMES, sql=sql,
        examples=(Example(f"unixtime_{unit}_todatetime({value})", datetime(2019, 1, 1, tzinfo=UTC)),),
    )


FUNCTIONS: tuple[Function, ...] = (
    Function("now", (optional(Parameter("offset", (Type.TIMESPAN, Type.DYNAMIC))),), Type.DATETIME, "The time of the query's start, the same throughout.", nulls=NullRule.NEVER,
             examples=(Example("now() == now()", True),)),
    Function("ago", (Parameter("timespan", (Type.TIMESPAN, Type.DYNAMIC)),), Type.DATETIME, "The time that long before now().",
             examples=(Example("now() - ago(1h) == 1h", True),)),
    *(_border(unit, end=end) for end in (False, True) for unit in ("day", "week", "month", "year")),
    _part("hourofday", "HOUR", "The hour, 0 to 23.", 23),
    _part("dayofmonth", "DAY", "The day of the month.", 14),
    _part("dayofyear", "DOY", "The day of the year.", 348),
    _part("monthofyear", "MONTH", "The month.", 12, "getmonth"),
    _part("getyear", "YEAR", "The year.", 2015),
    _part("week_of_year", "WEEK", "The week of ISO 8601.", 51, "weekofyear"),
    Function("dayofweek", (_DATE,), Type.TIMESPAN, "The days since the last Sunday, as a timespan.", sql=Sql(postgres="EXTRACT(DOW FROM _date) * INTERVAL '1 DAY'", duckdb="TO_DAYS(CAST(EXTRACT(DOW FROM _date) AS INT))"),
             examples=(Example("dayofweek(datetime(1947-11-30 10:00:05))", timedelta(0)), Example("dayofweek(datetime(1970-05-11))", timedelta(days=1)))),
    Function("datetime_part", (_PART, _DATE), Type.INT, "A part of a datetime, by its name.", aliases=("datepart",), examples=(Example('datetime_part("Quarter", datetime(2017-10-30 01:02:03.7654321))', 4),)),
    Function("datetime_diff", (_PART, Parameter("datetime1", (Type.DATETIME, Type.DYNAMIC)), Parameter("datetime2", (Type.DATETIME, Type.DYNAMIC))), Type.LONG,
             "How many borders of the unit lie between the second and the first.",
             examples=(Example("datetime_diff('year', datetime(2017-01-01), datetime(2000-12-31))", 17), Example("datetime_diff('week', datetime(2000-01-01), datetime(2017-01-01))", -888),
                       Example("datetime_diff('hour', datetime(2017-10-31 01:00), datetime(2017-10-30 23:59))", 2))),
    Function("datetime_add", (_PART, whole("value"), Parameter("datetime", (Type.DATETIME, Type.DYNAMIC))), Type.DATETIME, "The datetime so many units later.",
             examples=(Example("datetime_add('month', -1, datetime(2020-03-31))", datetime(2020, 2, 29, tzinfo=UTC)),)),
    Function("make_datetime", (number("year"), optional(number("month")), optional(number("day")), optional(number("hour")), optional(number("minute")), optional(number("second"))), Type.DATETIME,
             "A datetime of its parts; null when there is no such day.", nulls=NullRule.SOMETIMES, examples=(Example("make_datetime(2017, 10, 1)", datetime(2017, 10, 1, tzinfo=UTC)), Example("make_datetime(2017, 2, 30)", None))),
    Function("make_timespan", (number("a"), optional(number("b")), optional(number("c")), optional(number("d"))), Type.TIMESPAN, "A timespan of (days,) hours, minutes, seconds.",
             nulls=NullRule.SOMETIMES, examples=(Example("make_timespan(1, 12, 30, 55.123)", timedelta(days=1, hours=12, minutes=30, seconds=55.123)),)),
    Function("format_datetime", (_DATE, _FORMAT), Type.STRING, "The datetime in the form that the letters say.", naming=Naming.ARGUMENT,
             examples=(Example("format_datetime(datetime(2017-01-29 09:00:05), 'yy-MM-dd [HH:mm:ss]')", "17-01-29 [09:00:05]"), Example("format_datetime(datetime(2017-01-29 13:00:05.5), 'M/d/yyyy h:mm tt f')", "1/29/2017 1:00 PM 5"))),
    Function("format_timespan", (Parameter("timespan", (Type.TIMESPAN, Type.DYNAMIC)), _FORMAT), Type.STRING, "The timespan in the form that the letters say.", naming=Naming.ARGUMENT,
             examples=(Example("format_timespan(time(29.09:00:05.12345), 'dd.hh:mm:ss [FF]')", "29.09:00:05 [12]"),)),
    Function("datetime_utc_to_local", (Parameter("from", (Type.DATETIME, Type.DYNAMIC)), _ZONE), Type.DATETIME, "The wall clock of a time zone.",
             sql=Sql("_from AT TIME ZONE 'UTC' AT TIME ZONE _timezone"), examples=(Example("datetime_utc_to_local(datetime(2020-07-01 10:00), 'Europe/Berlin')", datetime(2020, 7, 1, 12, tzinfo=UTC)),)),
    Function("datetime_local_to_utc", (Parameter("from", (Type.DATETIME, Type.DYNAMIC)), _ZONE), Type.DATETIME, "UTC of a time zone's wall clock.",
             sql=Sql("_from AT TIME ZONE _timezone AT TIME ZONE 'UTC'"), examples=(Example("datetime_local_to_utc(datetime(2020-07-01 12:00), 'Europe/Berlin')", datetime(2020, 7, 1, 10, tzinfo=UTC)),)),
    _unix("seconds", "1 SECOND", "CAST(_number AS BIGINT) * 1000000", "1546300800"),
    _unix("milliseconds", "1 MILLISECOND", "_number * 1000", "1546300800000"),
    _unix("microseconds", "1 MICROSECOND", "_number", "1546300800000000"),
    _unix("nanoseconds", "", "_number / 1000", "1546300800000000000"),
    Function("datetime_list_timezones", (), Type.DYNAMIC, "All names of time zones.", refusal="the engine's own list of time zones is another one"),
)
