// The cases of a conflict log: one incident that a person edited on a device during a shift while others edited it too. One JSON object a line.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import * as z from 'zod';

/** '?' stands for unknown; it becomes null. */
export type CaseValues = Readonly<Record<string, string | null>>;

export interface ConflictCase {
  readonly name: string;
  readonly kind: string;
  readonly base: CaseValues;
  /** What the person set on the device, edit by edit, in order; an edit may set nothing shown (a note). */
  readonly deviceEdits: readonly CaseValues[];
  /** What others wrote meanwhile, counters that followed included. */
  readonly serverEdits: readonly CaseValues[];
}

const values = z.record(z.string().regex(/^[a-z][a-z0-9_]{0,40}$/), z.string());
const edit = z.object({ set: values, derived: z.optional(values) });
const line = z.object({
  case: z.string(),
  kind: z.string(),
  base: values,
  device_edits: z.array(edit),
  server_edits: z.array(edit),
});

export interface ReadCases {
  readonly cases: readonly ConflictCase[];
  /** Lines that are not a case, by number from 1. */
  readonly rejected: readonly number[];
}

/** Reads a .jsonl or .jsonl.gz file. */
export async function readCases(path: string): Promise<ReadCases> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => input.emit('error', error));
  const cases: ConflictCase[] = [];
  const rejected: number[] = [];
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (text.trim() === '') continue;
    const parsed = line.safeParse(jsonOf(text));
    if (parsed.success) cases.push(caseOf(parsed.data));
    else rejected.push(number);
  }
  return { cases, rejected };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // What is not JSON is not a case either; the schema says so for both.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function caseOf(read: z.infer<typeof line>): ConflictCase {
  return {
    name: read.case,
    kind: read.kind,
    base: known(read.base),
    deviceEdits: read.device_edits.map((each) => known(each.set)),
    serverEdits: read.server_edits.map((each) => known({ ...each.set, ...each.derived })),
  };
}

function known(read: Readonly<Record<string, string>>): CaseValues {
  return Object.fromEntries(
    Object.entries(read).map(([name, value]) => [name, value === '?' ? null : value]),
  );
}
