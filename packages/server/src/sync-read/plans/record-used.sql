-- record used: 17 statements, at most 60000 buffers

-- 2 times
with top as materialized (select c.xid, c.entity
  from "_change" c
  order by c.xid desc limit 1)
  select pg_current_snapshot()::text as snapshot, pg_is_in_recovery() as standby, case when pg_is_in_recovery() then (select upper(lpad(to_hex(c.timeline_id), 8, '0'))
  from pg_control_checkpoint() c) else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end as timeline, greatest(coalesce(top.xid, '0'), (o.horizon::text::bigint - 1)::text::xid8)::text as top, o.horizon::text as horizon, coalesce(top.xid >= $1::xid8, false) or exists (
  select 1
  from unnest($2::xid8[]) r (xid)
  where (select c.xid
  from "_change" c
  where c.xid >= r.xid
  order by c.xid limit 1) = r.xid) as changed, d.last_seq, d.settled_seq, d.last_seen_at, d.last_seq > $3::bigint as has_outcomes
  from "_organisation" o
  left
  join top on true
  left
  join "_device" d on d.id = $4::uuid and d.user_id = $5::uuid;

with recursive units as (
  select u."business_unit" as id
  from "user" u
  where u.id = $1::uuid and u."business_unit" is not null union
  select b.id
  from "business_unit" b
  join units on b."parent" = units.id), people_below as (select null::uuid as id, 0 as level
  where false), owners_below as (
  select id, level
  from people_below union
  select m."team", p.level
  from people_below p
  join "team_member" m on m."user" = p.id)
  select u.id, u."login", u."name", u."business_unit" as unit, u."active", array(select id::text
  from units
  order by 1) as units, array(select m."team"::text
  from "team_member" m
  where m."user" = u.id
  order by 1) as teams, array(select r.role
  from "_user_role" r
  where r.user_id = u.id
  order by 1) as roles, array(select distinct id::text
  from owners_below
  order by 1) as below, array(select distinct id::text
  from owners_below
  where level = 1
  order by 1) as reports
  from "user" u
  where u.id = $2::uuid;

select entity, record_id, op, before
  from "_change"
  where xid >= $1::xid8 and entity = any($2::smallint[]) and (entity <> all($3::smallint[]) or before->>'owner' = $4::text or record_id in (select o.id
  from "pin" o
  where o.owner = $5::uuid
  union all
  select o.id
  from "recent" o
  where o.owner = $6::uuid))
  union all
  select entity, record_id, op, before
  from "_change"
  where xid = any($7::xid8[]) and entity = any($8::smallint[]) and (entity <> all($9::smallint[]) or before->>'owner' = $10::text or record_id in (select o.id
  from "pin" o
  where o.owner = $11::uuid
  union all
  select o.id
  from "recent" o
  where o.owner = $12::uuid)) limit $13;

-- 6 times
select distinct "record"::text as target
  from "recent"
  where id = any($1::uuid[]) and "record" is not null;

select distinct "site"::text as target
  from "job"
  where id = any($1::uuid[]) and "site" is not null;

select id
  from "step"
  where "job" = any($1::uuid[]) limit $2;

select id
  from "note"
  where "regarding" = any($1::text[]) limit $2;

select id
  from "job_part"
  where "job" = any($1::uuid[]) limit $2;

with "_s12" as ((select r."id", r."_rev", r."record"
  from "pin" r
  where "r"."owner" = $1::uuid)),
"_s13" as ((select r."id", r."_rev", r."record"
  from "recent" r
  where "r"."owner" = $2::uuid)),
"_s5" as ((select r."id", r."_rev", r."site"
  from "job" r
  where "r"."owner" in (select $3::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($4::uuid[])) and ("r"."state" is distinct
  from $5::text))
  union all (select r."id", r."_rev", r."site"
  from "job" r
  where not coalesce(("r"."state" is distinct
  from $6::text), false) and "r"."owner" in (select $7::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($8::uuid[])) and r.id in (select substr(p."record", $9::int)::uuid
  from "_s12" p
  where starts_with(p."record", $10)
  union all
  select substr(p."record", $11::int)::uuid
  from "_s13" p
  where starts_with(p."record", $12)))),
"_s4" as ((select r."id", r."_rev"
  from "site" r
  where true and r.id in (select p."site"
  from "_s5" p
  where p."site" is not null
  union all
  select substr(p."record", $13::int)::uuid
  from "_s12" p
  where starts_with(p."record", $14)
  union all
  select substr(p."record", $15::int)::uuid
  from "_s13" p
  where starts_with(p."record", $16)))),
"_s6" as ((select r."id", r."_rev"
  from "step" r
  where true and r.id in (select c.id
  from "step" c
  join "_s5" p on c."job" = p.id
  union all
  select substr(p."record", $17::int)::uuid
  from "_s12" p
  where starts_with(p."record", $18)
  union all
  select substr(p."record", $19::int)::uuid
  from "_s13" p
  where starts_with(p."record", $20)))),
"_s7" as ((select r."id", r."_rev"
  from "note" r
  where true and r.id in (select c.id
  from "note" c
  join "_s5" p on c."regarding" = ($21::text || p.id::text) collate "C"
  union all
  select c.id
  from "note" c
  join "_s4" p on c."regarding" = ($22::text || p.id::text) collate "C"
  union all
  select substr(p."record", $23::int)::uuid
  from "_s12" p
  where starts_with(p."record", $24)
  union all
  select substr(p."record", $25::int)::uuid
  from "_s13" p
  where starts_with(p."record", $26)))),
"_s2" as ((select r."id", r."_rev"
  from "user" r
  where true)),
"_s8" as ((select r."id", r."_rev"
  from "visit" r
  where true and ("r"."at" < $27::timestamptz))
  union all (select r."id", r."_rev"
  from "visit" r
  where not coalesce(("r"."at" < $28::timestamptz), false) and true and r.id in (select substr(p."record", $29::int)::uuid
  from "_s12" p
  where starts_with(p."record", $30)
  union all
  select substr(p."record", $31::int)::uuid
  from "_s13" p
  where starts_with(p."record", $32)))),
"_s11" as ((select r."id", r."_rev", r."part"
  from "job_part" r
  where true and r.id in (select c.id
  from "job_part" c
  join "_s5" p on c."job" = p.id))),
"_s9" as ((select r."id", r."_rev"
  from "part" r
  where true and r.id in (select p."part"
  from "_s11" p
  where p."part" is not null
  union all
  select substr(p."record", $33::int)::uuid
  from "_s12" p
  where starts_with(p."record", $34)
  union all
  select substr(p."record", $35::int)::uuid
  from "_s13" p
  where starts_with(p."record", $36))))
  select 'digest' as kind, $37::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s12"
  union all
  select 'digest' as kind, $38::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s13"
  union all
  select $39::text, $40::int, id, null::bigint, null::text
  from "_s13"
  where id = any($41::uuid[])
  union all
  select 'digest' as kind, $42::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s5"
  union all
  select $43::text, $44::int, id, null::bigint, null::text
  from "_s5"
  where id = any($45::uuid[])
  union all
  select 'digest' as kind, $46::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s4"
  union all
  select 'digest' as kind, $47::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s6"
  union all
  select 'digest' as kind, $48::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s7"
  union all
  select 'digest' as kind, $49::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s2"
  union all
  select 'digest' as kind, $50::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s8"
  union all
  select 'digest' as kind, $51::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s11"
  union all
  select 'digest' as kind, $52::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s9";

select "id", "number", "title", "state", "site", "price", "due", "begun", "urgent", "tools", "owner", "created_at", "created_by", "modified_at", "modified_by", "_rev"
  from "job"
  where id = any($1::uuid[]);

select "id", "record", "used_at", "owner", "created_at", "created_by", "modified_at", "modified_by", "_rev"
  from "recent"
  where id = any($1::uuid[]);
