-- idle pull: 1 statements, at most 20 buffers

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
