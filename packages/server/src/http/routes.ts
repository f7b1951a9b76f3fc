// What the app is given from outside, and what every group of routes gets of it.
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Authentication } from '../session/authenticate.ts';
import type { Organisations } from '../session/organisations.ts';
import type { Database } from '../store/database.ts';
import type { Replica } from '../store/replica.ts';
import type { Meters } from './meters.ts';

export interface AppDeps {
  readonly database: Database;
  /** A hot standby of it; absent or null: all is read where it is written. */
  readonly replica?: Replica | null;
  readonly organisations: Organisations;
  /** Calls back when something in the organisation changed; returns a function that ends it. */
  readonly onChange: (organisation: string, listener: () => void) => () => void;
  /** The built mobile app; null serves the API alone. */
  readonly appFolder: string | null;
  readonly logger: Logger;
  /** Server time, ISO UTC with milliseconds. */
  readonly now: () => string;
  /** A new reference for a log line and the person who reads its code on a screen. */
  readonly reference: () => string;
  readonly trustedProxies: readonly string[];
  readonly https: { readonly key: string; readonly cert: string } | null;
}

/** What every group of routes gets. */
export interface Routes extends AppDeps {
  readonly app: FastifyInstance;
  readonly meters: Meters;
  readonly authentication: Authentication;
}
