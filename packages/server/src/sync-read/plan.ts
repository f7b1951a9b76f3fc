// What a first download would take: rows counted, bytes estimated from a sample of each entity, seconds from a rate.
import { ident, joinSql, sql, type DownloadPlan, type UserContext, type Value } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { compileScope, scopeMoment } from '../scope/compile-scope.ts';
import type { Database } from '../store/database.ts';
import type { Organisation } from '../store/organisation.ts';
import { digestsOf } from './digests.ts';
import { assertCurrent, sentColumns } from './page.ts';

/** Throws SyncError `bundle_outdated`. Entities in download order. */
export async function plan(
  database: Database,
  organisation: Organisation,
  user: UserContext,
  request: { readonly bundle: string },
): Promise<DownloadPlan> {
  assertCurrent(organisation, user, request.bundle);
  return database.read(async (tx) => {
    const [clock] = await tx.rows<{ now: string }>('select now() as now');
    const scope = compileScope(organisation, user, scopeMoment(clock?.now ?? ''));
    const digests = await digestsOf(tx, scope);
    const entities: { entity: string; rows: number; bytes: number }[] = [];
    for (const { name } of scope.model.carriedEntities()) {
      const rows = digests[name]?.count ?? 0;
      const columns = joinSql(sentColumns(scope.model, name).map((column) => sql`r.${ident(column)}`));
      const sample =
        rows === 0
          ? []
          : await tx.arrays<Value>(
              sql`${scope.with([name])}select ${columns} from ${organisation.table(name)} r
                  where r.id in (select id from ${scope.rows(name)} limit ${serverLimits.planSampleRows})`,
            );
      entities.push({ entity: name, rows, bytes: estimate(sample, rows) });
    }
    const rows = entities.reduce((sum, each) => sum + each.rows, 0);
    const bytes = entities.reduce((sum, each) => sum + each.bytes, 0);
    return { entities, rows, bytes, seconds: rows / serverLimits.planRowsPerSecond };
  });
}

function estimate(sample: readonly (readonly Value[])[], rows: number): number {
  if (sample.length === 0) return 0;
  return Math.ceil((JSON.stringify(sample).length / sample.length) * rows * serverLimits.planCompression);
}
