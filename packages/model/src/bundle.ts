// What a device gets of the model: all it needs to draw screens and run rules with no network, under one hash.
import type { Entity } from './entity.ts';
import type { Expr } from './expression/tree.ts';
import type { Policy } from './policy.ts';
import type { CarriedProfile } from './profile.ts';
import type { Privileges } from './role.ts';
import type { Upgrade } from './upcast.ts';
import type { Command, Form, View } from './view.ts';

export interface Bundle {
  /** SHA-256 of the canonical JSON of all the rest, in hexadecimal. */
  readonly hash: string;
  readonly schemaVersion: number;
  /** The steps by which changes of earlier versions are understood, as far as they concern what the person may read. */
  readonly upgrades?: readonly Upgrade[];
  readonly solution: { readonly name: string; readonly label: string };
  /** Entities the person may read, links included. */
  readonly entities: readonly Entity[];
  readonly views: readonly View[];
  readonly forms: readonly Form[];
  readonly commands: readonly Command[];
  readonly home: readonly string[];
  /** What the person's roles allow together. */
  readonly privileges: Readonly<Record<string, Privileges>>;
  /** What the person carries; null where no profile is meant for the person's roles: then nothing is offline. */
  readonly profile: CarriedProfile | null;
  readonly policy: Policy;
  /** Parsed expressions: entity name, then text as the model has it. Those without a record stand under ''. */
  readonly expressions: Readonly<Record<string, Readonly<Record<string, Expr>>>>;
}
