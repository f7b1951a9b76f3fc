// Finding what differs without sending everything: digests by bucket, then ids and revisions of some buckets, then some rows. Never an id outside the scope.
import {
  limits,
  sql,
  SyncError,
  type ReconcileAnswer,
  type ReconcileRequest,
  type UserContext,
} from '@satchel/model';
import { compileScope, scopeMoment, type Scope } from '../scope/compile-scope.ts';
import type { Database, Tx } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { assertCurrent, sentColumns } from './page.ts';

/** Throws SyncError `bundle_outdated`, `forbidden` where the entity is not carried, `too_large`. `now` is server time. */
export async function reconcile(
  database: Database,
  organisation: Organisation,
  user: UserContext,
  request: ReconcileRequest,
  now: string,
): Promise<ReconcileAnswer> {
  assertCurrent(organisation, user, request.bundle);
  const scope = compileScope(organisation, user, scopeMoment(now));
  if (scope.find(request.entity) === undefined) throw new SyncError('forbidden', { entity: request.entity });
  return database.read((tx) => {
    switch (request.step) {
      case 'buckets':
        return buckets(tx, scope, request.entity);
      case 'list':
        return list(tx, scope, request.entity, request.buckets);
      case 'rows':
        return rowsOf(tx, scope, request.entity, request.ids);
    }
  });
}

async function buckets(tx: Tx, scope: Scope, entity: string): Promise<ReconcileAnswer> {
  const rows = await tx.rows<{ bucket: string; count: number; sum: string }>(
    sql`${scope.with([entity])}select right(id::text, 2) as bucket, count(*) as count, sum(_rev)::text as sum from ${scope.rows(entity)} group by 1 order by 1`,
  );
  return {
    step: 'buckets',
    buckets: rows.map(({ bucket }) => bucket).join(''),
    counts: rows.map(({ count }) => count),
    sums: rows.map(({ sum }) => sum),
  };
}

async function list(
  tx: Tx,
  scope: Scope,
  entity: string,
  wanted: readonly string[],
): Promise<ReconcileAnswer> {
  const rows = await tx.rows<{ id: string; rev: number }>(
    sql`${scope.with([entity])}select id, _rev as rev from ${scope.rows(entity)} where right(id::text, 2) = any(${wanted}::text[]) order by id`,
  );
  return { step: 'list', ids: rows.map((row) => row.id), revs: rows.map((row) => row.rev) };
}

async function rowsOf(
  tx: Tx,
  scope: Scope,
  entity: string,
  ids: readonly string[],
): Promise<ReconcileAnswer> {
  if (ids.length > limits.reconcileIdsMax) throw new SyncError('too_large', { ids: ids.length });
  const columns = sentColumns(scope.model, entity);
  const rows = await tx.arrays<string>(
    sql`${scope.with(scope.parents(entity))}${scope.select(entity, columns, sql` and r.id = any(${ids}::uuid[])`)}`,
  );
  return { step: 'rows', columns: [...columns], rows };
}
