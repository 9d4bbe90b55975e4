-- Statements, one a line, that PostgreSQL reads or refuses: the test asks it, and SQL001, SQL002 and SQL015 must say the same of their syntax.
-- What stands behind "missed:" is refused by PostgreSQL, and not by us.
select a, from t
select a b c from t
select * from t where
select * from t where a = 1 and
select * from t where and a = 1
select * from t where a = 1 and and b = 2
select * from t where a == 1
select * from t limit 5 order by a
select * from t having count(*)>1 group by a
select * from t where a = 1 group by
select * from t group by a where b = 1
select * form t
selct * from t
select count(* from t
select * from t where a in (1,2
select * from t where a in (1,,2)
select * from t where a in (1,2,)
select * from t where a in ()
select * from t where a like
select * from t where a between 1
select * from t where a between 1 and
select * from t join u
select * from t join u where t.a = u.a
select * from (select 1) where x = 1
select a from t where a = 'x
select "a from t
select * from t where a not = 1
select * from t where a is 1
select * from t where a is 'x'
select case when a then b from t
select case when a then b else end from t
select * from t t1 t2
select * from t,
select distinct a distinct b from t
select * from t order a
select a as from t
select a from t union
with a as (select 1)
missed: with a (select 1) select * from a
with a as (select 1), select * from a
select top 5 * from t
select * from t where a = "x" "y"
select a from t limit 5,10
select interval 1 hour
select interval '1' hour
select interval '1' hours
select * from `t`
select * from [t]
select * from t where a = 1 or (b = 2
select * from t where (a = 1))
select 1 where a = 'it\'s'
select * from t where a ilike any ('x','y')
select * from t where a ilike any (array['x','y'])
select * from t qualify row_number() over () = 1
select * exclude (a) from t
select * except (a) from t
select * from t sample 5
group by a
a = 1
select * from t left semi join u on true
select * from t where a rlike 'x'
select * from t where a regexp 'x'
select * from t where a glob 'x'
select if(a, b, c) from t
select a, b from t group by all
select ifnull(a,b) from t
select a:b::text from t
select a as "x from t
select a as 'x' from t
select 'x' 'y'
select * from t where a = b c = d
select * from t where a = b or or c = d
select * from t where not
missed: select * from t where a like 'x' like 'y'
select count(*) c from t where c = 1 having
select * from t where a <> <> b
select * from t where a =! b
select * from t where a =< b
select * from t where a => b
select * from t where a && b
select a b from t
select a user from t
select a name, b type, c value from t
select user from t
select * from t where date > now() - interval '1 day'
select * from t as
select * from t a, u b on a.a = b.a
select * from t a inner join u b a.a = b.a
select * from t a inner join u b on
select * from t where exists select 1
select * from t where a = select 1
select a from t where a in select b from t
select a from t where a in 5
select a from t where a in 'x', 'y'
select a from t group by a, having count(*) > 1
select a from t order by a,
select a from t order by a desc desc
select a from t where a = 'x' and
select sum(a from t
select (a, b from t
select a from (t
select a. from t
select a..b from t
select t.* a from t
select * as a from t
select a from t where b = 1 order by a limit
select a from t limit 5 limit 6
select a from t where a = 1 where b = 2
select a from t group by a group by b
select a from t having 1=1 having 2=2
select a from t from u
select a from t order by a order by b
select cast(a text) from t
select a::from t
select extract(day a) from t
select a from t where a between 1, 2
select a from t where a is not
select a from t where a is not in (1)
select a from t where a not null
select a from t where a isnull
select a from t where a notnull
select a from t where a similar to 'x'
select a from t where a ~~* 'x'
select a from t where a !~ 'x'
select a from t where a @> 'x'
select a from t where a ? 'x'
select a from t where a #>> '{b}' = 'x'
select a from t tablesample system (10)
select a from only t
select distinct on (a) a from t
select a from t for update
select a from t fetch first 5 rows only
select a, lag(a) over w from t window w as (order by a)
select a from t, lateral (select 1) l
select array(select 1)
select row(1,2)
select (row(1,2)).f1
select a from t where (a,b) in (select a,b from t)
select a from t where a in (values (1))
select a from t where a = any(select a from t)
select a from t where a operator(pg_catalog.=) 'x'
select a collate "C" from t
select a at time zone 'utc' from t
select 'x'::regclass
select count(*) filter (where a = 'x') from t
select string_agg(a, ',' order by a) from t
select percentile_cont(0.5) within group (order by b::int) from t
select * from json_to_recordset('[]') as x(a int, b text)
select * from jsonb_to_record('{}') as x(a int, b text)
select * from generate_series(1,2) with ordinality
select * from rows from (generate_series(1,2), generate_series(1,3)) as x
select * from t natural join u
select * from t full outer join u using (a)
select U&'\0061', E'\n', B'1', X'1F', $$x$$, $q$y$q$
select date '2020-01-01', timestamp with time zone '2020-01-01', time '10:00'
select a from t where a is distinct from 'x'
select a from t where a is json
select a is unknown from t
table t
values (1,2),(3,4)
(select 1) union all (select 2) order by 1
with recursive r(n) as (select 1 union all select n+1 from r where n<5) select * from r
with r as materialized (select 1) select * from r
with r as not materialized (select 1) select * from r
with recursive r(n) as (select 1 union all select n+1 from r where n<5) search depth first by n set o select * from r
select a from t where a like 'x' escape ''
select overlay('a' placing 'b' from 1 for 1), substring('a' from 1 for 2), trim(both 'x' from 'y'), position('a' in 'b')
select a from t group by grouping sets ((a), ())
select a from t group by cube(a, b)
select 1 where (now() - interval '1 day', now()) overlaps (now(), now())
select a, count(*) over (order by a rows between unbounded preceding and current row exclude ties) from t
select jsonb_path_query('{}', '$.a')
select json_object('a': 1)
select jsonb_build_object('a', 1) -> 'a' ->> 'b'
select a[1:2] from (select array[1,2] a) x
select a from t where a = all (array['x'])
select a from t where a ^@ 'x'
select |/ 25, @ -5, 5 ! , 2 ^ 3
select |/ 25, @ -5, 2 ^ 3, 5 # 3, 5 & 3, ~5, 1 << 2
select cast(a as varchar(5)) from t
select a::numeric(10,2) from t
select a::timestamp(3) with time zone from t
select interval '1-2' year to month
select interval '5' minute
select interval(3) '5 s'
select current_timestamp(3), localtime, current_role, session_user
select xmlelement(name foo)
select a from t where ctid = '(0,1)'
select t from t
select (t).a from t
select (t).* from t
select count(distinct a) from t
select a from t where a not in (select a from t where a is not null)
select normalize('x', NFC), 'x' is normalized
select * from t cross join lateral jsonb_array_elements('[]') as e(v)
select * from t, jsonb_each_text('{}') as kv where kv.key = 'x'
select case a when 'x' then 1 else 0 end from t
select greatest(1,2), coalesce(a,b), nullif(a,b) from t
explain select 1
select * into temp table zz from t
create temp view v1 as select a from t
insert into t (a) select a from t on conflict do nothing
update t set a = null where a = 'x' returning a
delete from t using u where t.a = u.a
merge into t using u on t.a = u.a when matched then delete
set search_path = public
select set_config('a.b','c',false)
show timezone
analyze t
create or replace function f() returns int language sql as $$ select 1 $$
select f() from t
select a from t where a like 'x%' escape '\'
select a from t where (a, b) = ('x', 'y')
select a from t where row(a, b) < row('x', 'y')
select a from t where a between symmetric 'x' and 'y'
select a, rank() over (partition by b order by c desc nulls last) from t
select a, sum(length(b)) over w as s from t window w as (partition by a rows between 2 preceding and 2 following)
select a, first_value(b) over (order by c groups between 1 preceding and 1 following exclude current row) from t
select array_agg(a order by b desc) filter (where c is not null) from t
select mode() within group (order by a) from t
select json_agg(row_to_json(t)) from t
select to_jsonb(t) - 'a' from t
select jsonb_set('{}', '{a}', '1'), '{"a":1}'::jsonb || '{"b":2}'::jsonb
select '{"a":[1,2]}'::jsonb #- '{a,0}'
select '[1,2]'::jsonb @? '$[*] ? (@ > 1)', '{"a":1}'::jsonb @@ '$.a == 1'
select '{"a":1}'::jsonb ?| array['a','b'], '{"a":1}'::jsonb ?& array['a']
select inet '10.0.0.1' <<= inet '10.0.0.0/8', inet '10.0.0.0/8' >>= '10.0.0.1', cidr '10.0.0.0/8' && '10.1.0.0/16'
select int4range(1,5) -|- int4range(5,7), int4range(1,5) << int4range(6,7), int4range(1,3) &< int4range(2,5)
select tsvector 'a b' @@ to_tsquery('a & b')
select 'abc' ~ '^a', 'abc' !~* 'B', 'abc' similar to '(a|b)%', 'abc' not similar to 'x'
select 'abc' ^@ 'a'
select a from t where a is distinct from b or a is not distinct from c
select not true, true and not false or true
select 5 % 3, 2 ^ 3, 7 / 2, - 5, + 5, 5 - -3, |/ 25.0, ||/ 27.0
select 1::int4, '1'::int, 1::bigint::text, '{1,2}'::int[], array[[1,2],[3,4]]::int[][]
select (array[1,2,3])[2], (array[1,2,3])[1:2], (array[1,2,3])[:2]
select (select array_agg(x) from generate_series(1,3) x)[1]
select ('{"a":1}'::jsonb)['a']
select extract(epoch from now()), extract(dow from timestamp '2020-01-01'), date_part('day', now())
select now() at time zone 'UTC', now() - interval '1 day' * 2, now() - make_interval(days => 3), age(now())
select timestamp '2020-01-01 00:00' + interval '1 day', date '2020-01-01' - 7, time '10:00' + interval '1h'
select interval '1 day 02:03:04', interval 'P1D', interval '1' hour, interval '1-2' year to month, '1 week'::interval
select date_trunc('day', now()), date_bin('5 minutes', now(), timestamptz '2020-01-01')
select to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS'), to_timestamp(0), to_date('2020','YYYY')
select cast('1' as numeric(10,2)), cast(now() as timestamp(0) without time zone), cast(null as text)
select case a when 'x' then 1 when 'y' then 2 else 3 end, case when a is null then b end from t
select coalesce(a, b, 'x'), nullif(a, ''), greatest(a, b), least(a, b) from t
select count(*), count(distinct a), count(distinct (a, b)), sum(length(a)), avg(length(a)), bool_and(a = 'x'), string_agg(distinct a, ',') from t
select a, b, grouping(a, b), count(*) from t group by rollup (a, b)
select a, count(*) from t group by grouping sets ((a), ())
select a, count(*) from t group by distinct cube (a, b)
select distinct on (a, b) a, b, c from t order by a, b, c desc
select a from t order by a using <
select a from t order by 1 asc nulls first, b desc nulls last
select a from t limit 10 offset 5
select a from t offset 5 rows fetch next 10 rows only
select a from t order by a fetch first 3 rows with ties
select a from t for update of t skip locked
select a from t for share nowait
select a from t union all select b from t except select c from t intersect select a from u
(select a from t order by a limit 1) union (select b from t order by b limit 1) order by 1 limit 5
select * from (select a from t union all select b from t) as x(y) where y = 'z'
select * from (values (1,'a'),(2,'b')) as v(n, s) where n in (1, 2)
missed: values (1, 'a'), (2, default)
select * from t as x (p, q, r) where x.p = 'a'
select * from t join u using (a) left join u v on v.a = t.b right join u w on true full join u z on z.a = t.a
select * from t natural left join u
select * from t cross join u, u as z
select * from (t join u on t.a = u.a) join u v on v.a = t.a
select * from (t cross join u) as j
select * from t left join (u join u v on u.a = v.a) on t.a = u.a
select * from t join u on t.a = u.a and t.b in (select a from u) where exists (select from u where u.a = t.a)
select * from t, lateral (select * from u where u.a = t.a) l
select * from t left join lateral jsonb_array_elements('[1]'::jsonb) with ordinality as e(v, i) on true
select * from jsonb_to_recordset('[{"a":1}]') as x(a int, b text)
select * from rows from (generate_series(1,2), unnest(array['a','b'])) as r(n, s)
select * from unnest(array[1,2], array['a','b']) with ordinality as u(n, s, i)
select * from generate_series(now(), now() + interval '1 day', '1 hour') as g(ts)
select * from regexp_matches('a1b2', '[0-9]', 'g') as m
select * from t tablesample bernoulli (10) repeatable (1)
select t.*, u.a as ua from t, u where t.a = u.a
select t.a, (t).b, (t.*)::text from t
select a as "Mixed Case", b "no_as", c as select_ from t
select a name, b value, c "type" from t
select a as user, b as order, c as "group" from t
select "user", "order" from (select a as "user", b as "order" from t) x
select current_date, current_time, current_timestamp, localtimestamp, current_user, session_user, user, current_catalog, current_schema
select 'it''s', E'it\'s\n', U&'d\0061t', $$it's$$, $tag$a $$ b$tag$, B'101', X'FF', N'x'
select 'a' 'b'
select 1e10, 1.5e-3, .5, 5., 0x1F, 1_000
select /* block /* nested */ comment */ 1 -- end
select a from t where b = any('{x,y}') or b = any (array['x','y']) or b <> all (array['z']) or b = some (select a from u)
select a from t where b like any (array['x%','y%']) and b not ilike all (array['z%'])
select a from t where (b is null) is true and (b = 'x') is not false and (a = b) is unknown
select a from t where a isnull or b notnull
select a from t where not exists (select 1 from u where u.a = t.a)
select a from t where a = (select max(a) from u) and (select count(*) from u) > 0
select exists (select 1), array(select a from t), (select row(1, 2))
with a as (select 1 as x), b (y) as (select x from a) select * from a, b where a.x = b.y
with recursive r as (select 1 as n union all select n + 1 from r where n < 5) select * from r
with a as materialized (select 1), b as not materialized (select 2) select * from a, b
with recursive r(n, p) as (values (1, 1) union all select n+1, p*2 from r where n < 3) cycle n set is_cycle using path select * from r
with ins as (insert into t (a) values ('x') returning a) select * from ins
with del as (delete from t where a = 'x' returning *) select count(*) from del
select overlay('abc' placing 'x' from 2 for 1), substring('abc' from 2 for 1), substring('abc' from 'b.'), trim(leading 'a' from 'abc'), position('b' in 'abc'), ltrim('a')
select substring('abc' similar '%#"b#"%' escape '#')
select collation for ('a'), 'a' collate "C" < 'b'
select xmlforest(a, b) from t
select xmlelement(name foo, xmlattributes(a as bar), b) from t
select json_object('a' value 1, 'b' : 2 absent on null), json_array(1, 2)
select json_build_object('a', 1), jsonb_build_array(1, 2)
select jsonb_path_exists('{"a":1}', '$.a ? (@ > $x)', '{"x":0}')
select pg_typeof(1), pg_catalog.now(), pg_catalog.lower('A')
select a from t where a operator(pg_catalog.~) 'x'
select a from public.t
select t.a from pg_temp.t as t
select ctid, xmin, tableoid::regclass from t
select 1 as a, 2 as b group by () having true
select (1, 'a')::text, row(1, 'a')
select interval '1 hour' > interval '5 min' and true
select lower(a) as a from t where a like '%\%%'
select a from t where lower(a) in (select lower(a) from u) group by a having count(*) filter (where b is null) > 0
select max(a) over (partition by b), lag(a, 1, 'x') over (order by b), ntile(4) over (order by a) from t
select percentile_disc(array[0.25, 0.5]) within group (order by length(a)) from t
select regexp_replace(a, '^(.)', '\1', 'g'), regexp_split_to_array(a, ','), split_part(a, ',', 1), string_to_array(a, ',') from t
select host('10.0.0.1'::inet), family('::1'::inet), set_masklen('10.0.0.1'::inet, 8)
select encode(sha256('a'::bytea), 'hex'), md5('a'), decode('YQ==', 'base64')
select format('%s %I %L', a, b, c), concat_ws(',', a, b), left(a, 2), right(a, 2), repeat(a, 2), reverse(a) from t
select random(), gen_random_uuid(), setseed(0.5)
select width_bucket(5, 1, 10, 3), round(1.5, 0), trunc(1.5), ceil(1.5), mod(5, 3), power(2, 3), div(7, 2)
select unnest(string_to_array('a,b', ',')) as x
select (jsonb_each('{"a":1}')).key, (jsonb_each_text('{"a":1}')).*
select a from t where ('x', 'y') in (select a, b from t)
select all a from t
select distinct a from t
select from t
select count(*) from (select) x
table t limit 5
select a into temp tz from t
explain (costs off) select a from t
select 1; select 2
select first, last, date, time, timestamp, value, key, type, name, level, location, action, status, result, role, data, text, source, target, host, hour, day, year, zone from (select 1 as first, 2 as last, 3 as date, 4 as time, 5 as timestamp, 6 as value, 7 as key, 8 as type, 9 as name, 10 as level, 11 as location, 12 as action, 13 as status, 14 as result, 15 as role, 16 as data, 17 as text, 18 as source, 19 as target, 20 as host, 21 as hour, 22 as day, 23 as year, 24 as zone) x
select x.limit, x.from, x.where from (select 1 as limit, 2 as from, 3 as where) x
select rows, range, groups, over, filter, window_, index, view, schema, count, min, max, sum, avg, rank, ip, port, method, comment, domain, class, language, policy, sequence, session, transaction, user_name, version, year from (select 1 as rows, 2 as range, 3 as groups, 4 as over, 5 as filter, 6 as window_, 7 as index, 8 as view, 9 as schema, 10 as count, 11 as min, 12 as max, 13 as sum, 14 as avg, 15 as rank, 16 as ip, 17 as port, 18 as method, 19 as comment, 20 as domain, 21 as class, 22 as language, 23 as policy, 24 as sequence, 25 as session, 26 as transaction, 27 as user_name, 28 as version, 29 as year) x
select a from t where a is document
select a from t where b is json object and a is not json
select a from t where a is nfc normalized
select match, replace, left_, object, option, event, offset_, pivot, sample, top, exclude, qualify, glob, rlike, regexp, semi, anti, minus_, struct, map, array_, unpivot, database, warehouse, stage, stream, format, file, files, hash, cache, describe, use, kill, merge, refresh, rename, replace, truncate from (select 1 as match, 2 as replace, 3 as left_, 4 as object, 5 as option, 6 as event, 7 as offset_, 8 as pivot, 9 as sample, 10 as top, 11 as exclude, 12 as qualify, 13 as glob, 14 as rlike, 15 as regexp, 16 as semi, 17 as anti, 18 as minus_, 19 as struct, 20 as map, 21 as array_, 22 as unpivot, 23 as database, 24 as warehouse, 25 as stage, 26 as stream, 27 as format, 28 as file, 29 as files, 30 as hash, 31 as cache, 32 as describe, 33 as use, 34 as kill, 35 as merge, 36 as refresh, 37 as rename, 38 as truncate) x
select * from file f join hash h on true
select e.value, e.key from events e, jsonb_each_text(e.data) as kv(key, value) where kv.key = 'x'
