// Where no value is null and no record is looked through, our evaluator and a full CEL interpreter must say the same.
import { celEnv, parse, plan } from '@bufbuild/cel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableEntities } from '../solution.ts';
import { ids, maya, workshop } from '../testing/workshop.ts';
import type { Row } from '../value.ts';
import { evaluate } from './evaluate.ts';
import { parseExpression } from './parse.ts';

const seed = 8_420;
// Nothing between a surrogate pair and U+E000 on: that interpreter orders text by UTF-16 unit, CEL and both databases by code point (EXPR-11).
const texts = ['a', 'A', 'ab', 'b', '%', "o'neil", '"', 'é', '日本', '😀', 'open'];
const now = '2026-03-01T12:34:56.789Z';

const row = fc.record({
  title: fc.constantFrom(...texts),
  street: fc.constantFrom(...texts),
  state: fc.constantFrom('open', 'closed'),
  minutes: fc.integer({ min: -5, max: 5 }),
  best: fc.integer({ min: -5, max: 5 }),
  approved: fc.boolean(),
  tools: fc.subarray(['drill', 'saw'], { minLength: 1 }),
  owner: fc.constantFrom(ids.maya, ids.otto, ids.north),
});

const compare = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const text = fc.oneof(
  fc.constantFrom('record.title', 'record.street', 'record.owner', 'user.id', 'user.login'),
  fc.constantFrom(...texts).map((value) => JSON.stringify(value)),
);
const number = fc.oneof(
  fc.constantFrom(
    'record.minutes',
    'record.best',
    '(record.minutes + record.best)',
    '(record.minutes * -2)',
    '-(record.best)',
  ),
  fc.integer({ min: -9, max: 9 }).map(String),
);
const { node: conditions } = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'node' },
    fc.constantFrom(
      'record.approved',
      "('drill' in record.tools)",
      '(record.owner in user.teams)',
      "(record.state in ['open'])",
    ),
    fc.tuple(text, compare, text).map((p) => `(${p.join(' ')})`),
    fc.tuple(number, compare, number).map((p) => `(${p.join(' ')})`),
    fc
      .tuple(text, fc.constantFrom('startsWith', 'endsWith', 'contains'), text)
      .map(([a, fn, b]) => `${a}.${fn}(${b})`),
    fc.tuple(tie('node'), fc.constantFrom('&&', '||'), tie('node')).map((p) => `(${p.join(' ')})`),
    tie('node').map((n) => `!(${n})`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map((p) => `(${p[0]} ? ${p[1]} : ${p[2]})`),
  ),
}));

describe('the subset beside full CEL', () => {
  it(`[EXPR-7] says the same as a CEL interpreter where nothing is null (seed ${seed})`, () => {
    fc.assert(
      fc.property(conditions, fc.array(row, { minLength: 5, maxLength: 5 }), (condition, rows) => {
        const result = parseExpression(condition, { entities: tableEntities(workshop), entity: 'job' });
        if (!result.ok)
          throw new Error(`${condition}: ${result.faults.map((fault) => fault.message).join('; ')}`);
        const run = plan(celEnv(), parse(condition));
        for (const record of rows) {
          const mine = evaluate(result.tree, { record: record as Row, user: maya, now, follow: () => null });
          expect(run(celVariables(record))).toBe(mine);
        }
      }),
      { seed, numRuns: 1_000 },
    );
  });
});

/** CEL's integers are bigints. */
function celVariables(record: Readonly<Record<string, unknown>>) {
  const values = Object.entries(record).map(([name, value]) => [
    name,
    typeof value === 'number' ? BigInt(value) : value,
  ]);
  const { below: _people, reports: _reports, ...user } = maya;
  return { record: Object.fromEntries(values), user: { ...user, business_unit: maya.businessUnit } };
}
