// What a run needs of a world, whichever server is behind it: the real one on PostgreSQL, or the small one in memory. The questions are asked of
// these facts alone, so both answer to the same oracles.
import type { Model, Row, SealedMutation, Verdict } from '@satchel/model';
import type { Business } from './business.ts';
import type { Chance } from './chance.ts';
import type { Character, SimDevice } from './device.ts';
import type { RowsByEntity } from './rows.ts';

/** What may happen on a day besides people's work on rows. */
export interface Weather {
  /** People change teams and roles, and profiles change: rows move that nobody wrote. */
  readonly movesPeople: boolean;
  /** New versions are published, the log is forgotten, a backup is restored. */
  readonly hasUpheaval: boolean;
}

/** One version of a row and the mutation that made it; null: another program. In the order in which they became true. */
export interface Write {
  readonly entity: string;
  readonly id: string;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly mutationId: string | null;
}

export interface LedgerLine {
  readonly deviceId: string;
  readonly seq: number;
  readonly mutation: SealedMutation;
  readonly verdict: Verdict;
}

export interface Stage {
  readonly business: Business;
  readonly people: readonly Character[];
  /** Whom the devices of a run belong to, by log-in. */
  readonly logins: readonly string[];
  device(person: Character): Promise<SimDevice>;
  /** What there is in the morning. */
  stock(chance: Chance): Promise<void>;
  /** One act of another program; says what it did. */
  office(chance: Chance, weather: Weather): Promise<string>;
  /** A backup of everything. Calling what it gives restores it: under another history, and everybody has to sign in again. */
  backup(): Promise<() => Promise<void>>;
  /** Waits for acts of the office that take their time. */
  officeRests(): Promise<void>;
  /** Nothing that was broken on purpose stays so. */
  repair(): Promise<void>;
  /** What this person may hold now, and the model by which that is said. */
  scopeOf(person: Character): Promise<{ readonly scope: RowsByEntity; readonly model: Model }>;
  /** What this person could hold in the snapshot of this cursor; null where that cannot be told any more. */
  scopeAt(person: Character, cursor: string, model: Model): Promise<RowsByEntity | null>;
  /** The model of the whole organisation. */
  wholeModel(): Promise<Model>;
  ledger(): Promise<readonly LedgerLine[]>;
  /** The counter of each device. */
  counters(): Promise<ReadonlyMap<string, number>>;
  writes(): Promise<readonly Write[]>;
  close(): Promise<void>;
}
