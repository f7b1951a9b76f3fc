-- repair: 3 statements, at most 60000 buffers

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
  select right(id::text, 2) as bucket, count(*) as count, sum(_rev)::text as sum
  from "_s5" group by 1
  order by 1;

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
  join "_s5" p on c."job" = p.id))),
"_s9" as ((select r."id", r."_rev"
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
  where starts_with(p."record", $16))))
  select right(id::text, 2) as bucket, count(*) as count, sum(_rev)::text as sum
  from "_s9" group by 1
  order by 1;

with "_s12" as ((select r."id", r."_rev", r."record"
  from "pin" r
  where "r"."owner" = $1::uuid)),
"_s13" as ((select r."id", r."_rev", r."record"
  from "recent" r
  where "r"."owner" = $2::uuid)) (select r."id", r."number", r."title", r."state", r."site", r."price", r."due", r."begun", r."urgent", r."tools", r."owner", r."created_at", r."created_by", r."modified_at", r."modified_by", r."_rev"
  from "job" r
  where "r"."owner" in (select $3::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($4::uuid[])) and ("r"."state" is distinct
  from $5::text) and r.id = any($6::uuid[]))
  union all (select r."id", r."number", r."title", r."state", r."site", r."price", r."due", r."begun", r."urgent", r."tools", r."owner", r."created_at", r."created_by", r."modified_at", r."modified_by", r."_rev"
  from "job" r
  where not coalesce(("r"."state" is distinct
  from $7::text), false) and "r"."owner" in (select $8::uuid
  union all
  select m."user"
  from "team_member" m
  where m."team" = any($9::uuid[])) and r.id in (select substr(p."record", $10::int)::uuid
  from "_s12" p
  where starts_with(p."record", $11)
  union all
  select substr(p."record", $12::int)::uuid
  from "_s13" p
  where starts_with(p."record", $13)) and r.id = any($14::uuid[]));
