// What the database spent on something: time and buffers of every statement, planning included, as pg_stat_statements counts them.
import type pg from 'pg';

export interface Cost {
  /** Milliseconds of planning and running, summed over all connections. */
  readonly ms: number;
  /** Pages of 8 kB that were touched in memory or read. */
  readonly buffers: number;
  /** Statements, without those that only begin and end transactions. */
  readonly statements: number;
}

/** Settings that a PostgreSQL needs for it. */
export const costSettings: Readonly<Record<string, string>> = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track_planning': 'on',
};

/** What everybody's statements cost while `work` ran; nothing else may be at work meanwhile. */
export async function costOf(database: pg.Client, work: () => Promise<unknown>): Promise<Cost> {
  await database.query('create extension if not exists pg_stat_statements');
  await database.query('select pg_stat_statements_reset()');
  await work();
  const { rows } = await database.query<{ ms: number; buffers: string; statements: string }>(
    `select coalesce(sum(total_plan_time + total_exec_time), 0) as ms,
       coalesce(sum(shared_blks_hit + shared_blks_read), 0) as buffers,
       coalesce(sum(calls) filter (where query !~* '^(begin|commit)'), 0) as statements
     from pg_stat_statements where query !~ 'pg_stat_statements'`,
  );
  const [sum] = rows;
  return { ms: Number(sum?.ms), buffers: Number(sum?.buffers), statements: Number(sum?.statements) };
}

/** Of one of `times` equal works. */
export function each({ ms, buffers, statements }: Cost, times: number): Cost {
  return { ms: ms / times, buffers: buffers / times, statements: statements / times };
}
