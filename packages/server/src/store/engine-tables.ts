// The engine's own tables: the registry of organisations, and in each organisation's schema what docs/ARCHITECTURE.md lists. Every statement may be run again.
import { quoted } from './ddl.ts';

export const registryTables: readonly string[] = [
  'create schema if not exists "satchel"',
  `create table if not exists "satchel"."organisation" (
     name text primary key,
     schema text not null unique,
     label text not null,
     created_at timestamptz(3) not null default now())`,
];

/** Statements that make the engine tables of one organisation. */
export function engineTables(schema: string): readonly string[] {
  const s = quoted(schema);
  return [
    `create schema if not exists ${s}`,
    // horizon: one more than the highest transaction id whose changes were pruned.
    `create table if not exists ${s}."_organisation" (
       only_one boolean primary key default true check (only_one),
       label text not null,
       history_id uuid not null,
       secret bytea not null,
       solution json,
       solution_hash text,
       schema_version int not null default 0,
       horizon xid8 not null default '3')`,
    `create table if not exists ${s}."_entity" (number smallint primary key, name text not null unique)`,
    // The top-level transaction id, also inside savepoints. before: what scope-read fields held; null for an insert, and for an update that left them alone.
    `create table if not exists ${s}."_change" (
       xid xid8 not null default pg_current_xact_id(),
       entity smallint not null,
       record_id uuid not null,
       op "char" not null,
       before jsonb)`,
    `create index if not exists "_change_xid" on ${s}."_change" (xid)`,
    // Was this record deleted? Only deletes pay for it.
    `create index if not exists "_change_deleted" on ${s}."_change" (record_id) where op = 'D'`,
    // What was published, by version, as last published under it: what devices may still speak of.
    `create table if not exists ${s}."_published" (
       schema_version int primary key, solution json not null, at timestamptz(3) not null default now())`,
    // How far the log went at a time: every transaction below was over.
    `create table if not exists ${s}."_log_mark" (xid xid8 not null, at timestamptz(3) not null default now())`,
    `create table if not exists ${s}."_credential" (
       user_id uuid primary key, salt bytea not null, hash bytea not null, changed_at timestamptz(3) not null default now())`,
    `create table if not exists ${s}."_user_role" (user_id uuid not null, role text not null, primary key (user_id, role))`,
    `create table if not exists ${s}."_device" (
       id uuid primary key, user_id uuid not null, name text not null,
       last_seq bigint not null default 0, settled_seq bigint not null default 0,
       first_seen_at timestamptz(3) not null default now(), last_seen_at timestamptz(3) not null default now(),
       clock_offset_ms int, heals int not null default 0)`,
    // When the cursor was made with which the device last asked.
    `alter table ${s}."_device" add column if not exists cursor_at timestamptz(3)`,
    // What a device had to repair, as it told.
    `create table if not exists ${s}."_heal" (
       device_id uuid not null, number bigint not null, entity text not null, why text not null,
       buckets bigint not null, missing bigint not null, extra bigint not null, stale bigint not null,
       at timestamptz(3) not null, recorded_at timestamptz(3) not null default now(), primary key (device_id, number, at))`,
    `create table if not exists ${s}."_session" (
       token_hash bytea primary key,
       device_id uuid not null references ${s}."_device" (id) on delete cascade,
       user_id uuid not null, created_at timestamptz(3) not null default now(),
       expires_at timestamptz(3) not null, revoked_at timestamptz(3))`,
    `create index if not exists "_session_device" on ${s}."_session" (device_id)`,
    `create table if not exists ${s}."_ledger" (
       device_id uuid not null, seq bigint not null, mutation_id uuid not null, payload_hash bytea not null,
       payload jsonb not null, verdict jsonb not null, received_at timestamptz(3) not null default now(),
       primary key (device_id, seq))`,
    // A mutation that was held, or sent again under another number, may stand in the ledger several times; its final word only once.
    `create unique index if not exists "_ledger_final" on ${s}."_ledger" (mutation_id)
       where verdict->>'outcome' not in ('held', 'duplicate')`,
    // What an administrator looks for.
    `create index if not exists "_ledger_refused" on ${s}."_ledger" (device_id, seq)
       where verdict->>'outcome' in ('conflict', 'rejected', 'held')`,
    `create table if not exists ${s}."_attempt" (
       mutation_id uuid primary key, attempts int not null default 0, last_reference text, last_at timestamptz(3) not null default now())`,
    `create table if not exists ${s}."_superseded" (
       id uuid primary key default gen_random_uuid(), mutation_id uuid not null, entity text not null, record_id uuid not null,
       field text not null, base jsonb, theirs jsonb, mine jsonb, result jsonb, rule text not null, at timestamptz(3) not null default now())`,
    `create index if not exists "_superseded_record" on ${s}."_superseded" (record_id)`,
  ];
}

/** The channel on which an organisation's changes are told. */
export function channelOf(organisation: string): string {
  return `satchel_${organisation}`;
}

/** Entity number in the log of things that concern everyone: a publish. */
export const publishNumber = 0;
