// A database that explains each question it is asked, with what it really read: for tests of plans. Writes pass by unexplained.
import { render, type Sql } from '@satchel/model';
import type { Database, Tx } from '../store/database.ts';

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

export interface Asked {
  readonly text: string;
  readonly plan: PlanNode;
}

export interface Recording {
  readonly database: Database;
  /** What was asked since the last call, in order. */
  take(): readonly Asked[];
}

export function recordingOf(database: Database): Recording {
  let asked: Asked[] = [];
  const explain = async (tx: Tx, statement: Sql | string) => {
    const { text, values } =
      typeof statement === 'string' ? { text: statement, values: [] } : render(statement, 'postgres');
    if (!/^(select|with)\b/.test(text)) return;
    const [row] = await tx.rows<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
      `explain (analyze, buffers, timing off, format json) ${text}`,
      values,
    );
    const plan = row?.['QUERY PLAN'][0]?.Plan;
    if (plan !== undefined) asked.push({ text, plan });
  };
  const explaining = (tx: Tx): Tx => ({
    rows: async (statement, values) => {
      await explain(tx, statement);
      return tx.rows(statement, values);
    },
    arrays: async (statement) => {
      await explain(tx, statement);
      return tx.arrays(statement);
    },
  });
  return {
    database: {
      ...database,
      rows: async (statement, name) => {
        await database.read((tx) => explain(tx, statement));
        return database.rows(statement, name);
      },
      read: (work) => database.read((tx) => work(explaining(tx))),
    },
    take: () => {
      const taken = asked;
      asked = [];
      return taken;
    },
  };
}

/** Scans of whole tables among these, such as 'Seq Scan on job'. */
export function scansOf(plan: PlanNode, tables: ReadonlySet<string>): readonly string[] {
  const name = plan['Relation Name'] ?? '';
  const here = plan['Node Type'] === 'Seq Scan' && tables.has(name) ? [`Seq Scan on ${name}`] : [];
  return [...here, ...(plan.Plans ?? []).flatMap((child) => scansOf(child, tables))];
}

export function buffersOf(plan: PlanNode): number {
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}
