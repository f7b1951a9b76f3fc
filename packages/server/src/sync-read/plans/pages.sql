-- pages: 6 statements, at most 60000 buffers

-- 3 times
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

with "_s12" as ((select r."id", r."_rev", r."record"
  from "pin" r
  where "r"."owner" = $1::uuid)),
"_s13" as ((select r."id", r."_rev", r."record"
  from "recent" r
  where "r"."owner" = $2::uuid))
  select count(*)::int, (select t.id
  from (select *
  from ((select r."id"
  from "job" r
  where "r"."owner" in (select $3::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($4::uuid[])) and ("r"."state" is distinct
  from $5::text) and r.id > $6::uuid
  order by r.id limit $7)
  union all (select r."id"
  from "job" r
  where not coalesce(("r"."state" is distinct
  from $8::text), false) and "r"."owner" in (select $9::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($10::uuid[])) and r.id in (select substr(p."record", $11::int)::uuid
  from "_s12" p
  where starts_with(p."record", $12)
  union all
  select substr(p."record", $13::int)::uuid
  from "_s13" p
  where starts_with(p."record", $14)) and r.id > $15::uuid
  order by r.id limit $16)) r
  order by r.id limit $17) t offset $18::int), string_agg(coalesce(to_json(p."id")::text, 'null'), E' '), string_agg(coalesce(to_json(p."number")::text, 'null'), E' '), string_agg(coalesce(to_json(p."title")::text, 'null'), E' '), string_agg(coalesce(to_json(p."state")::text, 'null'), E' '), string_agg(coalesce(p."site"::text, 'null'), E' '), string_agg(coalesce(p."price"::text, 'null'), E' '), string_agg(coalesce(p."due"::text, 'null'), E' '), string_agg(coalesce(p."begun"::text, 'null'), E' '), string_agg(coalesce(p."urgent"::text, 'null'), E' '), string_agg(coalesce(to_json(p."tools")::text, 'null'), E' '), string_agg(coalesce(p."owner"::text, 'null'), E' '), string_agg(coalesce(p."created_at"::text, 'null'), E' '), string_agg(coalesce(p."created_by"::text, 'null'), E' '), string_agg(coalesce(p."modified_at"::text, 'null'), E' '), string_agg(coalesce(p."modified_by"::text, 'null'), E' '), string_agg(coalesce(p."_rev"::text, 'null'), E' ')
  from (select *
  from ((select r."id", r."number", r."title", r."state", r."site", r."price", r."due", r."begun", r."urgent", r."tools", r."owner", r."created_at", r."created_by", r."modified_at", r."modified_by", r."_rev"
  from "job" r
  where "r"."owner" in (select $19::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($20::uuid[])) and ("r"."state" is distinct
  from $21::text) and r.id > $22::uuid
  order by r.id limit $23)
  union all (select r."id", r."number", r."title", r."state", r."site", r."price", r."due", r."begun", r."urgent", r."tools", r."owner", r."created_at", r."created_by", r."modified_at", r."modified_by", r."_rev"
  from "job" r
  where not coalesce(("r"."state" is distinct
  from $24::text), false) and "r"."owner" in (select $25::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($26::uuid[])) and r.id in (select substr(p."record", $27::int)::uuid
  from "_s12" p
  where starts_with(p."record", $28)
  union all
  select substr(p."record", $29::int)::uuid
  from "_s13" p
  where starts_with(p."record", $30)) and r.id > $31::uuid
  order by r.id limit $32)) r
  order by r.id limit $33) p;

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
  where starts_with(p."record", $12))))
  select count(*)::int, (select t.id
  from (select *
  from ((select r."id"
  from "step" r
  where true and r.id in (select c.id
  from "step" c
  join "_s5" p on c."job" = p.id
  union all
  select substr(p."record", $13::int)::uuid
  from "_s12" p
  where starts_with(p."record", $14)
  union all
  select substr(p."record", $15::int)::uuid
  from "_s13" p
  where starts_with(p."record", $16)) and r.id > $17::uuid
  order by r.id limit $18)) r
  order by r.id limit $19) t offset $20::int), string_agg(coalesce(to_json(p."id")::text, 'null'), E' '), string_agg(coalesce(to_json(p."name")::text, 'null'), E' '), string_agg(coalesce(p."job"::text, 'null'), E' '), string_agg(coalesce(p."created_at"::text, 'null'), E' '), string_agg(coalesce(p."created_by"::text, 'null'), E' '), string_agg(coalesce(p."modified_at"::text, 'null'), E' '), string_agg(coalesce(p."modified_by"::text, 'null'), E' '), string_agg(coalesce(p."_rev"::text, 'null'), E' ')
  from (select *
  from ((select r."id", r."name", r."job", r."created_at", r."created_by", r."modified_at", r."modified_by", r."_rev"
  from "step" r
  where true and r.id in (select c.id
  from "step" c
  join "_s5" p on c."job" = p.id
  union all
  select substr(p."record", $21::int)::uuid
  from "_s12" p
  where starts_with(p."record", $22)
  union all
  select substr(p."record", $23::int)::uuid
  from "_s13" p
  where starts_with(p."record", $24)) and r.id > $25::uuid
  order by r.id limit $26)) r
  order by r.id limit $27) p;

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
"_s11" as ((select r."id", r."_rev", r."part"
  from "job_part" r
  where true and r.id in (select c.id
  from "job_part" c
  join "_s5" p on c."job" = p.id)))
  select count(*)::int, (select t.id
  from (select *
  from ((select r."id"
  from "part" r
  where true and r.id in (select p."part"
  from "_s11" p
  where p."part" is not null
  union all
  select substr(p."record", $13::int)::uuid
  from "_s12" p
  where starts_with(p."record", $14)
  union all
  select substr(p."record", $15::int)::uuid
  from "_s13" p
  where starts_with(p."record", $16)) and r.id > $17::uuid
  order by r.id limit $18)) r
  order by r.id limit $19) t offset $20::int), string_agg(coalesce(to_json(p."id")::text, 'null'), E' '), string_agg(coalesce(to_json(p."name")::text, 'null'), E' '), string_agg(coalesce(p."created_at"::text, 'null'), E' '), string_agg(coalesce(p."created_by"::text, 'null'), E' '), string_agg(coalesce(p."modified_at"::text, 'null'), E' '), string_agg(coalesce(p."modified_by"::text, 'null'), E' '), string_agg(coalesce(p."_rev"::text, 'null'), E' ')
  from (select *
  from ((select r."id", r."name", r."created_at", r."created_by", r."modified_at", r."modified_by", r."_rev"
  from "part" r
  where true and r.id in (select p."part"
  from "_s11" p
  where p."part" is not null
  union all
  select substr(p."record", $21::int)::uuid
  from "_s12" p
  where starts_with(p."record", $22)
  union all
  select substr(p."record", $23::int)::uuid
  from "_s13" p
  where starts_with(p."record", $24)) and r.id > $25::uuid
  order by r.id limit $26)) r
  order by r.id limit $27) p;
