// Every version of every row, kept by triggers of the simulator's own: so that what was true in the snapshot of any cursor can be worked out without the
// server's log, and every effect can be laid beside the mutation that made it.
import type { Field, Model, Row, SealedMutation, UserContext, Value, Verdict } from '@satchel/model';
import type { RowsByEntity } from './rows.ts';
import type { LedgerLine, Write } from './stage.ts';

type Sql = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** Tables whose versions are kept besides those of entities. */
const others = ['_user_role', '_ledger'] as const;

export interface Versions {
  /** Keeps every version of these tables' rows from now on. */
  watch(entities: readonly string[]): Promise<void>;
  /** The rows of all entities, and who this person was, in a snapshot. */
  everythingAt(
    snapshot: string,
    model: Model,
    userId: string,
  ): Promise<{ readonly all: RowsByEntity; readonly user: UserContext | null }>;
  /** Every version of every row of the model, in the order in which each row went through them, with what it was before. */
  writes(model: Model): Promise<readonly Write[]>;
  /** How many versions there are. */
  count(): Promise<number>;
  /** A backup was restored: what came after so many versions has never been. */
  forgetAfter(count: number): Promise<void>;
}

/** They stand in a schema of their own, which outlives the organisation's. */
export async function openVersions(sql: Sql, organisationSchema: string): Promise<Versions> {
  const own = `"sim_of_${organisationSchema}"`;
  await sql(`create schema ${own};
    create table ${own}.version (n bigserial primary key, xid xid8 not null default pg_current_xact_id(), tbl text not null, id text not null, row jsonb);
    create index on ${own}.version (tbl, id, n);
    create function ${own}.keep() returns trigger language plpgsql security definer as $$
    declare key text; kept jsonb;
    begin
      if tg_op = 'DELETE' then kept := to_jsonb(old); else kept := to_jsonb(new); end if;
      key := case tg_table_name when '_user_role' then (kept->>'user_id') || '/' || (kept->>'role')
        when '_ledger' then (kept->>'device_id') || '/' || (kept->>'seq') else kept->>'id' end;
      insert into ${own}.version (tbl, id, row) values (tg_table_name::text, key, case when tg_op = 'DELETE' then null else kept end);
      return null;
    end $$`);
  return {
    async watch(entities) {
      for (const table of [...entities, ...others])
        await sql(
          `create trigger "_sim_keep" after insert or update or delete on "${table}" for each row execute function ${own}.keep()`,
        );
    },
    async everythingAt(snapshot, model, userId) {
      const versions = await sql(
        `select distinct on (tbl, id) tbl, id, row from ${own}.version where tbl <> '_ledger' and pg_visible_in_snapshot(xid, $1::pg_snapshot) order by tbl, id, n desc`,
        [snapshot],
      );
      return rowsAndPerson(versions, model, userId);
    },
    async writes(model) {
      const rows = await sql(
        `select v.tbl, v.id, v.row, l.row->>'mutation_id' as mutation from ${own}.version v
         left join ${own}.version l on l.tbl = '_ledger' and l.xid = v.xid
         where v.tbl not in ('_ledger', '_user_role') order by v.n`,
      );
      return writesFrom(rows, model);
    },
    async count() {
      const [row] = await sql(`select coalesce(max(n), 0) as n from ${own}.version`);
      return Number(row?.['n']);
    },
    async forgetAfter(count) {
      await sql(`delete from ${own}.version where n > $1`, [count]);
    },
  };
}

function rowsAndPerson(
  versions: readonly Record<string, unknown>[],
  model: Model,
  userId: string,
): { readonly all: RowsByEntity; readonly user: UserContext | null } {
  const all = new Map<string, Map<string, Row>>(
    model.bundle.entities.map(({ name }) => [name, new Map<string, Row>()]),
  );
  const roles: string[] = [];
  for (const { tbl, id, row } of versions) {
    if (row === null) continue;
    if (tbl === '_user_role') {
      const { user_id: of, role } = row as { user_id: string; role: string };
      if (of === userId) roles.push(role);
      continue;
    }
    all.get(String(tbl))?.set(String(id), wireRow(model, String(tbl), row as Record<string, unknown>));
  }
  return { all, user: whoIs(all, userId, roles.sort()) };
}

function writesFrom(rows: readonly Record<string, unknown>[], model: Model): readonly Write[] {
  const last = new Map<string, Row | null>();
  return rows.flatMap(({ tbl, id, row, mutation }): Write[] => {
    const entity = String(tbl);
    if (model.findEntity(entity) === undefined) return [];
    const key = `${entity}/${String(id)}`;
    const after = row === null ? null : wireRow(model, entity, row as Record<string, unknown>);
    const before = last.get(key) ?? null;
    last.set(key, after);
    return [{ entity, id: String(id), before, after, mutationId: (mutation ?? null) as string | null }];
  });
}

/** Who a person is by these rows. */
function whoIs(all: RowsByEntity, userId: string, roles: readonly string[]): UserContext | null {
  const row = all.get('user')?.get(userId);
  if (row === undefined) return null;
  const businessUnit = (row['business_unit'] ?? null) as string | null;
  const units = new Set(businessUnit === null ? [] : [businessUnit]);
  for (let isGrowing = true; isGrowing;) {
    isGrowing = false;
    for (const [id, unit] of all.get('business_unit') ?? []) {
      if (units.has(id) || !units.has(String(unit['parent']))) continue;
      units.add(id);
      isGrowing = true;
    }
  }
  const teams = [...(all.get('team_member')?.values() ?? [])]
    .filter((link) => link['user'] === userId)
    .map((link) => String(link['team']));
  const { login, name } = row as { login?: string; name?: string };
  return {
    id: userId,
    login: login ?? '',
    name: name ?? '',
    businessUnit,
    businessUnits: [...units].sort(),
    teams: teams.sort(),
    roles,
  };
}

/** All that the ledger says now. */
export async function ledgerOf(sql: Sql): Promise<readonly LedgerLine[]> {
  const rows = await sql('select device_id, seq, payload, verdict from _ledger order by device_id, seq');
  return rows.map(({ device_id: deviceId, seq, payload, verdict }) => ({
    deviceId: String(deviceId),
    seq: Number(seq),
    mutation: payload as SealedMutation,
    verdict: verdict as Verdict,
  }));
}

/** A row as jsonb has it, as it goes over the wire. */
function wireRow(model: Model, entity: string, row: Record<string, unknown>): Row {
  const fields = model.fields(entity);
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, wireValue(fields[name], value)]),
  );
}

function wireValue(field: Field | undefined, value: unknown): Value {
  if (field?.type === 'dateTime' && typeof value === 'string') return new Date(value).toISOString();
  return value as Value;
}

/** The snapshot that a cursor stands for, as PostgreSQL writes it. */
export function snapshotOf(cursor: string): string {
  const body = cursor.slice(0, cursor.lastIndexOf('.'));
  const [, , xmax, running] = JSON.parse(body) as readonly string[];
  const open = (running ?? '').split(',').filter((id) => id !== '');
  const lowest = open.reduce((least, id) => (BigInt(id) < BigInt(least) ? id : least), xmax ?? '0');
  return `${lowest}:${xmax}:${open.join(',')}`;
}
