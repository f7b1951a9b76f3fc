// The server's door, for the simulator and its benchmarks: the app as a function, the database it stands on, and the demo.
export { buildApp } from './http/app.ts';
export type { AppDeps } from './http/routes.ts';
export { backup } from './cli/backup.ts';
export { restore } from './cli/restore.ts';
export { makeDemo } from './cli/make-demo.ts';
export { serveOrganisations, type Organisations } from './session/organisations.ts';
export { addRole, removeRole, setPassword } from './session/people.ts';
export { hashPassword } from './session/password.ts';
export { writeRows } from './cli/write-rows.ts';
export { openDatabase, type Database, type Tx } from './store/database.ts';
export { startEmbedded, findRunning, DataFolderError, type EmbeddedDatabase } from './store/embedded.ts';
export {
  analyze,
  createOrganisation,
  openOrganisation,
  pruneChangeLog,
  publish,
  type NewOrganisation,
  type Organisation,
} from './store/organisation.ts';
export { openReplica, type Position, type Replica, type Standing } from './store/replica.ts';
export { openWake, type Wake } from './sync-read/wake.ts';
export { serverLimits } from './limits.ts';
