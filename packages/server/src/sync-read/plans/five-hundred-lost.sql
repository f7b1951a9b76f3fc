-- five hundred lost: 65 statements, at most 250000 buffers

-- 8 times
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

-- 4 times
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

-- 6 times
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

-- 3 times
select distinct "site"::text as target
  from "job"
  where id = any($1::uuid[]) and "site" is not null;

-- 3 times
select id
  from "step"
  where "job" = any($1::uuid[]) limit $2;

-- 6 times
select id
  from "note"
  where "regarding" = any($1::text[]) limit $2;

-- 3 times
select id
  from "job_part"
  where "job" = any($1::uuid[]) limit $2;

-- 3 times
select distinct "part"::text as target
  from "job_part"
  where id = any($1::uuid[]) and "part" is not null;

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
  where starts_with(p."record", $36)))),
"_b5" as (select *
  from jsonb_populate_recordset(null::"job", $37::jsonb)
  union all
  select *
  from "job"
  where id = any($38::uuid[])),
"_w5" as (select v."id", v."site"
  from "_b5" v
  where "v"."owner" in (select $39::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($40::uuid[])) and "v"."id" in (select o.id
  from "_b5" o
  where (coalesce(("o"."state" is distinct
  from $41::text), false) or coalesce(("o"."state" is distinct
  from $42::text), false))
  union all
  select substr(p."record", $43::int)::uuid
  from "_s12" p
  where starts_with(p."record", $44)
  union all
  select substr(p."record", $45::int)::uuid
  from "_s13" p
  where starts_with(p."record", $46))),
"_b4" as (select *
  from jsonb_populate_recordset(null::"site", $47::jsonb)
  union all
  select *
  from "site"
  where id = any($48::uuid[])),
"_w4" as (select v."id"
  from "_b4" v
  where true and "v"."id" in (select p."site"
  from (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p
  where p."site" is not null
  union all
  select substr(p."record", $49::int)::uuid
  from "_s12" p
  where starts_with(p."record", $50)
  union all
  select substr(p."record", $51::int)::uuid
  from "_s13" p
  where starts_with(p."record", $52))),
"_b6" as (select *
  from jsonb_populate_recordset(null::"step", $53::jsonb)
  union all
  select *
  from "step"
  where id = any($54::uuid[])),
"_w6" as (select v."id"
  from "_b6" v
  where true and "v"."id" in (select c.id
  from "_b6" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."job" = p.id
  union all
  select substr(p."record", $55::int)::uuid
  from "_s12" p
  where starts_with(p."record", $56)
  union all
  select substr(p."record", $57::int)::uuid
  from "_s13" p
  where starts_with(p."record", $58))),
"_b7" as (select *
  from jsonb_populate_recordset(null::"note", $59::jsonb)
  union all
  select *
  from "note"
  where id = any($60::uuid[])),
"_w7" as (select v."id"
  from "_b7" v
  where true and "v"."id" in (select c.id
  from "_b7" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."regarding" = ($61::text || p.id::text) collate "C"
  union all
  select c.id
  from "_b7" c
  join (select "id"
  from "_s4"
  union all
  select "id"
  from "_w4") p on c."regarding" = ($62::text || p.id::text) collate "C"
  union all
  select substr(p."record", $63::int)::uuid
  from "_s12" p
  where starts_with(p."record", $64)
  union all
  select substr(p."record", $65::int)::uuid
  from "_s13" p
  where starts_with(p."record", $66))),
"_b11" as (select *
  from jsonb_populate_recordset(null::"job_part", $67::jsonb)
  union all
  select *
  from "job_part"
  where id = any($68::uuid[])),
"_w11" as (select v."id", v."part"
  from "_b11" v
  where true and "v"."id" in (select c.id
  from "_b11" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."job" = p.id)),
"_b9" as (select *
  from jsonb_populate_recordset(null::"part", $69::jsonb)
  union all
  select *
  from "part"
  where id = any($70::uuid[])),
"_w9" as (select v."id"
  from "_b9" v
  where true and "v"."id" in (select p."part"
  from (select "id", "part"
  from "_s11"
  union all
  select "id", "part"
  from "_w11") p
  where p."part" is not null
  union all
  select substr(p."record", $71::int)::uuid
  from "_s12" p
  where starts_with(p."record", $72)
  union all
  select substr(p."record", $73::int)::uuid
  from "_s13" p
  where starts_with(p."record", $74)))
  select 'digest' as kind, $75::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s12"
  union all
  select 'digest' as kind, $76::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s13"
  union all
  select 'digest' as kind, $77::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s5"
  union all
  select $78::text, $79::int, id, null::bigint, null::text
  from "_s5"
  where id = any($80::uuid[])
  union all
  select $81::text, $82::int, id, null::bigint, null::text
  from "_w5"
  where id = any($83::uuid[])
  union all
  select 'digest' as kind, $84::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s4"
  union all
  select $85::text, $86::int, id, null::bigint, null::text
  from "_s4"
  where id = any($87::uuid[])
  union all
  select $88::text, $89::int, id, null::bigint, null::text
  from "_w4"
  where id = any($90::uuid[])
  union all
  select 'digest' as kind, $91::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s6"
  union all
  select $92::text, $93::int, id, null::bigint, null::text
  from "_s6"
  where id = any($94::uuid[])
  union all
  select $95::text, $96::int, id, null::bigint, null::text
  from "_w6"
  where id = any($97::uuid[])
  union all
  select 'digest' as kind, $98::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s7"
  union all
  select $99::text, $100::int, id, null::bigint, null::text
  from "_s7"
  where id = any($101::uuid[])
  union all
  select $102::text, $103::int, id, null::bigint, null::text
  from "_w7"
  where id = any($104::uuid[])
  union all
  select 'digest' as kind, $105::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s2"
  union all
  select 'digest' as kind, $106::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s8"
  union all
  select 'digest' as kind, $107::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s11"
  union all
  select $108::text, $109::int, id, null::bigint, null::text
  from "_s11"
  where id = any($110::uuid[])
  union all
  select $111::text, $112::int, id, null::bigint, null::text
  from "_w11"
  where id = any($113::uuid[])
  union all
  select 'digest' as kind, $114::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s9"
  union all
  select $115::text, $116::int, id, null::bigint, null::text
  from "_s9"
  where id = any($117::uuid[])
  union all
  select $118::text, $119::int, id, null::bigint, null::text
  from "_w9"
  where id = any($120::uuid[]);

-- 3 times
select "id", "name", "secret", "created_at", "created_by", "modified_at", "modified_by", "_rev"
  from "site"
  where id = any($1::uuid[]);

-- 3 times
select id
  from "site"
  where id = any($1::uuid[]);

-- 3 times
select id
  from "job"
  where id = any($1::uuid[]);

-- 4 times
select id
  from "step"
  where id = any($1::uuid[]);

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
  where starts_with(p."record", $36)))),
"_b5" as (select *
  from jsonb_populate_recordset(null::"job", $37::jsonb)
  union all
  select *
  from "job"
  where id = any($38::uuid[])),
"_w5" as (select v."id", v."site"
  from "_b5" v
  where "v"."owner" in (select $39::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($40::uuid[])) and "v"."id" in (select o.id
  from "_b5" o
  where (coalesce(("o"."state" is distinct
  from $41::text), false) or coalesce(("o"."state" is distinct
  from $42::text), false))
  union all
  select substr(p."record", $43::int)::uuid
  from "_s12" p
  where starts_with(p."record", $44)
  union all
  select substr(p."record", $45::int)::uuid
  from "_s13" p
  where starts_with(p."record", $46))),
"_b4" as (select *
  from jsonb_populate_recordset(null::"site", $47::jsonb)
  union all
  select *
  from "site"
  where id = any($48::uuid[])),
"_w4" as (select v."id"
  from "_b4" v
  where true and "v"."id" in (select p."site"
  from (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p
  where p."site" is not null
  union all
  select substr(p."record", $49::int)::uuid
  from "_s12" p
  where starts_with(p."record", $50)
  union all
  select substr(p."record", $51::int)::uuid
  from "_s13" p
  where starts_with(p."record", $52))),
"_b6" as (select *
  from jsonb_populate_recordset(null::"step", $53::jsonb)
  union all
  select *
  from "step"
  where id = any($54::uuid[])),
"_w6" as (select v."id"
  from "_b6" v
  where true and "v"."id" in (select c.id
  from "_b6" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."job" = p.id
  union all
  select substr(p."record", $55::int)::uuid
  from "_s12" p
  where starts_with(p."record", $56)
  union all
  select substr(p."record", $57::int)::uuid
  from "_s13" p
  where starts_with(p."record", $58))),
"_b7" as (select *
  from jsonb_populate_recordset(null::"note", $59::jsonb)
  union all
  select *
  from "note"
  where id = any($60::uuid[])),
"_w7" as (select v."id"
  from "_b7" v
  where true and "v"."id" in (select c.id
  from "_b7" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."regarding" = ($61::text || p.id::text) collate "C"
  union all
  select c.id
  from "_b7" c
  join (select "id"
  from "_s4"
  union all
  select "id"
  from "_w4") p on c."regarding" = ($62::text || p.id::text) collate "C"
  union all
  select substr(p."record", $63::int)::uuid
  from "_s12" p
  where starts_with(p."record", $64)
  union all
  select substr(p."record", $65::int)::uuid
  from "_s13" p
  where starts_with(p."record", $66))),
"_b11" as (select *
  from jsonb_populate_recordset(null::"job_part", $67::jsonb)
  union all
  select *
  from "job_part"
  where id = any($68::uuid[])),
"_w11" as (select v."id", v."part"
  from "_b11" v
  where true and "v"."id" in (select c.id
  from "_b11" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."job" = p.id)),
"_b9" as (select *
  from jsonb_populate_recordset(null::"part", $69::jsonb)
  union all
  select *
  from "part"
  where id = any($70::uuid[])),
"_w9" as (select v."id"
  from "_b9" v
  where true and "v"."id" in (select p."part"
  from (select "id", "part"
  from "_s11"
  union all
  select "id", "part"
  from "_w11") p
  where p."part" is not null
  union all
  select substr(p."record", $71::int)::uuid
  from "_s12" p
  where starts_with(p."record", $72)
  union all
  select substr(p."record", $73::int)::uuid
  from "_s13" p
  where starts_with(p."record", $74)))
  select 'digest' as kind, $75::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s12"
  union all
  select 'digest' as kind, $76::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s13"
  union all
  select 'digest' as kind, $77::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s5"
  union all
  select 'digest' as kind, $78::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s4"
  union all
  select 'digest' as kind, $79::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s6"
  union all
  select $80::text, $81::int, id, null::bigint, null::text
  from "_s6"
  where id = any($82::uuid[])
  union all
  select $83::text, $84::int, id, null::bigint, null::text
  from "_w6"
  where id = any($85::uuid[])
  union all
  select 'digest' as kind, $86::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s7"
  union all
  select $87::text, $88::int, id, null::bigint, null::text
  from "_s7"
  where id = any($89::uuid[])
  union all
  select $90::text, $91::int, id, null::bigint, null::text
  from "_w7"
  where id = any($92::uuid[])
  union all
  select 'digest' as kind, $93::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s2"
  union all
  select 'digest' as kind, $94::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s8"
  union all
  select 'digest' as kind, $95::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s11"
  union all
  select $96::text, $97::int, id, null::bigint, null::text
  from "_s11"
  where id = any($98::uuid[])
  union all
  select $99::text, $100::int, id, null::bigint, null::text
  from "_w11"
  where id = any($101::uuid[])
  union all
  select 'digest' as kind, $102::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s9"
  union all
  select $103::text, $104::int, id, null::bigint, null::text
  from "_s9"
  where id = any($105::uuid[])
  union all
  select $106::text, $107::int, id, null::bigint, null::text
  from "_w9"
  where id = any($108::uuid[]);

-- 3 times
select id
  from "note"
  where id = any($1::uuid[]);

-- 3 times
select "id", "name", "created_at", "created_by", "modified_at", "modified_by", "_rev"
  from "part"
  where id = any($1::uuid[]);

-- 3 times
select id
  from "part"
  where id = any($1::uuid[]);

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
  where starts_with(p."record", $36)))),
"_b5" as (select *
  from jsonb_populate_recordset(null::"job", $37::jsonb)
  union all
  select *
  from "job"
  where id = any($38::uuid[])),
"_w5" as (select v."id", v."site"
  from "_b5" v
  where "v"."owner" in (select $39::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($40::uuid[])) and "v"."id" in (select o.id
  from "_b5" o
  where (coalesce(("o"."state" is distinct
  from $41::text), false) or coalesce(("o"."state" is distinct
  from $42::text), false))
  union all
  select substr(p."record", $43::int)::uuid
  from "_s12" p
  where starts_with(p."record", $44)
  union all
  select substr(p."record", $45::int)::uuid
  from "_s13" p
  where starts_with(p."record", $46))),
"_b4" as (select *
  from jsonb_populate_recordset(null::"site", $47::jsonb)
  union all
  select *
  from "site"
  where id = any($48::uuid[])),
"_w4" as (select v."id"
  from "_b4" v
  where true and "v"."id" in (select p."site"
  from (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p
  where p."site" is not null
  union all
  select substr(p."record", $49::int)::uuid
  from "_s12" p
  where starts_with(p."record", $50)
  union all
  select substr(p."record", $51::int)::uuid
  from "_s13" p
  where starts_with(p."record", $52))),
"_b6" as (select *
  from jsonb_populate_recordset(null::"step", $53::jsonb)
  union all
  select *
  from "step"
  where id = any($54::uuid[])),
"_w6" as (select v."id"
  from "_b6" v
  where true and "v"."id" in (select c.id
  from "_b6" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."job" = p.id
  union all
  select substr(p."record", $55::int)::uuid
  from "_s12" p
  where starts_with(p."record", $56)
  union all
  select substr(p."record", $57::int)::uuid
  from "_s13" p
  where starts_with(p."record", $58))),
"_b7" as (select *
  from jsonb_populate_recordset(null::"note", $59::jsonb)
  union all
  select *
  from "note"
  where id = any($60::uuid[])),
"_w7" as (select v."id"
  from "_b7" v
  where true and "v"."id" in (select c.id
  from "_b7" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."regarding" = ($61::text || p.id::text) collate "C"
  union all
  select c.id
  from "_b7" c
  join (select "id"
  from "_s4"
  union all
  select "id"
  from "_w4") p on c."regarding" = ($62::text || p.id::text) collate "C"
  union all
  select substr(p."record", $63::int)::uuid
  from "_s12" p
  where starts_with(p."record", $64)
  union all
  select substr(p."record", $65::int)::uuid
  from "_s13" p
  where starts_with(p."record", $66))),
"_b11" as (select *
  from jsonb_populate_recordset(null::"job_part", $67::jsonb)
  union all
  select *
  from "job_part"
  where id = any($68::uuid[])),
"_w11" as (select v."id", v."part"
  from "_b11" v
  where true and "v"."id" in (select c.id
  from "_b11" c
  join (select "id", "site"
  from "_s5"
  union all
  select "id", "site"
  from "_w5") p on c."job" = p.id)),
"_b9" as (select *
  from jsonb_populate_recordset(null::"part", $69::jsonb)
  union all
  select *
  from "part"
  where id = any($70::uuid[])),
"_w9" as (select v."id"
  from "_b9" v
  where true and "v"."id" in (select p."part"
  from (select "id", "part"
  from "_s11"
  union all
  select "id", "part"
  from "_w11") p
  where p."part" is not null
  union all
  select substr(p."record", $71::int)::uuid
  from "_s12" p
  where starts_with(p."record", $72)
  union all
  select substr(p."record", $73::int)::uuid
  from "_s13" p
  where starts_with(p."record", $74)))
  select 'digest' as kind, $75::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s12"
  union all
  select 'digest' as kind, $76::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s13"
  union all
  select 'digest' as kind, $77::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s5"
  union all
  select 'digest' as kind, $78::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s4"
  union all
  select 'digest' as kind, $79::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s6"
  union all
  select 'digest' as kind, $80::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s7"
  union all
  select 'digest' as kind, $81::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s2"
  union all
  select 'digest' as kind, $82::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s8"
  union all
  select 'digest' as kind, $83::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s11"
  union all
  select $84::text, $85::int, id, null::bigint, null::text
  from "_s11"
  where id = any($86::uuid[])
  union all
  select $87::text, $88::int, id, null::bigint, null::text
  from "_w11"
  where id = any($89::uuid[])
  union all
  select 'digest' as kind, $90::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s9"
  union all
  select $91::text, $92::int, id, null::bigint, null::text
  from "_s9"
  where id = any($93::uuid[])
  union all
  select $94::text, $95::int, id, null::bigint, null::text
  from "_w9"
  where id = any($96::uuid[]);

-- 3 times
select id
  from "job_part"
  where id = any($1::uuid[]);

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
  select 'digest' as kind, $39::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s5"
  union all
  select 'digest' as kind, $40::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s4"
  union all
  select 'digest' as kind, $41::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s6"
  union all
  select 'digest' as kind, $42::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s7"
  union all
  select 'digest' as kind, $43::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s2"
  union all
  select 'digest' as kind, $44::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s8"
  union all
  select 'digest' as kind, $45::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s11"
  union all
  select 'digest' as kind, $46::int as number, null::uuid as id, count(*) as count, coalesce(sum(_rev), 0)::text as sum
  from "_s9";
