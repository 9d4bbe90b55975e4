"""Functions on the cluster, the caller and the storage, which SQL has none of, and random values.

Source: https://learn.microsoft.com/kusto/query/scalar-functions#metadata-functions.
"""

from __future__ import annotations

from ruleconv.catalogue.model import Function, Lookup, Naming, NullRule, Parameter, Sql
from ruleconv.catalogue.parameters import anything, repeated, text
from ruleconv.ir.types import Column, Type

_CLUSTER = "it asks the Kusto cluster, which a database is not: write the value"
_STORAGE = "it asks Kusto's storage: a database keeps no such thing"

IP_GEOLOCATION = Lookup(
    "ip_geolocation",
    (
        Column("network", Type.STRING),
        Column("country", Type.STRING),
        Column("state", Type.STRING),
        Column("city", Type.STRING),
        Column("latitude", Type.REAL),
        Column("longitude", Type.REAL),
    ),
)
"""``network`` as 20.53.0.0/16 or 2a03:2880::/32; the rest are the keys of the bag that Kusto gives."""

FUNCTIONS: tuple[Function, ...] = (
    Function("current_cluster_endpoint", (), Type.STRING, "The address of the cluster.", refusal=_CLUSTER),
    Function("current_database", (), Type.STRING, "The name of the database.", nulls=NullRule.NEVER, sql=Sql("CURRENT_DATABASE()")),
    Function("current_principal", (), Type.STRING, "Who runs the query.", refusal=_CLUSTER),
    Function("current_principal_details", (), Type.DYNAMIC, "Who runs the query, in detail.", refusal=_CLUSTER),
    Function(
        "current_principal_is_member_of",
        (repeated(anything("group")),),
        Type.BOOL,
        "Whether the caller belongs to a group.",
        refusal=_CLUSTER,
    ),
    Function("current_node_id", (), Type.STRING, "The node that runs the query.", refusal=_CLUSTER),
    Function("extent_id", (), Type.GUID, "The data shard of the record.", aliases=("extentid",), refusal=_STORAGE),
    Function("extent_tags", (), Type.DYNAMIC, "The tags of the record's data shard.", refusal=_STORAGE),
    Function("rowstore_ordinal_range", (), Type.DYNAMIC, "The record's place in the row store.", refusal=_STORAGE),
    Function(
        "ingestion_time",
        (),
        Type.DATETIME,
        "When the record was ingested.",
        naming=Naming.PREFIX,
        prefix="$IngestionTime",
        nulls=NullRule.SOMETIMES,
    ),
    Function("cursor_after", (text("cursor"),), Type.BOOL, "Whether the record came after a cursor.", refusal=_STORAGE),
    Function("cursor_before_or_at", (text("cursor"),), Type.BOOL, "Whether the record came not after a cursor.", refusal=_STORAGE),
    Function("cursor_current", (), Type.STRING, "The cursor now.", aliases=("current_cursor",), refusal=_STORAGE),
    Function(
        "estimate_data_size",
        (repeated(Parameter("column")),),
        Type.LONG,
        "How many bytes the columns take, more or less.",
        refusal=_STORAGE,
    ),
    Function("column_names_of", (anything("table"),), Type.DYNAMIC, "The names of a table's columns.", refusal="write the names"),
    Function(
        "assert",
        (Parameter("predicate", (Type.BOOL,)), text("message")),
        Type.BOOL,
        "Stops the query when a constant is not true.",
        refusal="leave it out: SQL has no such check",
    ),
    Function(
        "new_guid",
        (),
        Type.GUID,
        "A random guid.",
        nulls=NullRule.NEVER,
        volatile=True,
        sql=Sql(postgres="GEN_RANDOM_UUID()", duckdb="UUID()"),
    ),
    Function(
        "geo_info_from_ip_address",
        (text("ip"),),
        Type.DYNAMIC,
        "Where an address is, by a table of networks.",
        nulls=NullRule.SOMETIMES,
        reads=IP_GEOLOCATION,
    ),
)
