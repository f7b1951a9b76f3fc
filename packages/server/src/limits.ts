// Every maximum of the server's own, with its unit. docs/LIMITS.md says why. Those that devices must know are in the model.

export const serverLimits = {
  /** Connections to PostgreSQL of one process. */
  connectionsMax: 20,
  /** Milliseconds to wait for a connection. */
  connectMs: 10_000,
  /** Milliseconds a request waits for the standby to hold what the primary has; then the primary is read. */
  replicaWaitMs: 300,
  /** Milliseconds between two looks at how far the standby is, while requests wait for it. */
  replicaPollMs: 5,
  /** Milliseconds for which a standby that was behind or gone is left alone. */
  replicaRestMs: 1_000,
  /** Milliseconds one statement may run; migrations are exempt. */
  statementMs: 30_000,
  /** Milliseconds a statement waits for a lock. */
  lockMs: 10_000,
  /** Milliseconds a transaction may stand idle before PostgreSQL ends it. */
  idleInTransactionMs: 60_000,
  /** Memory of one sort or hash of a query, in megabytes: scopes of 100,000 ids must hash. */
  workMemoryMb: 16,
  /** Milliseconds the embedded database may take to stop before a new start gives up on it. */
  embeddedStopMs: 30_000,
  /** Milliseconds that requests under way have for their answers when the server is told to stop. */
  closeMs: 10_000,
  /** Milliseconds by which `now` of a row filter moves on: within one step a scope does not change by the clock alone. */
  scopeClockStepMs: 300_000,
  /** Changes kept in the log; a device that was away for longer reconciles. */
  changeLogRowsMax: 5_000_000,
  /** Days a change stays in the log. */
  changeLogDays: 90,
  /** Days that losing values, dead sessions, attempts and heals stay. */
  traceDays: 30,
  /** Losing values that one list of them tells, newest first. */
  supersededListMax: 1_000,
  /** Mutations set aside that one list of them tells, newest first. */
  quarantineListMax: 1_000,
  /** Days that the ledger keeps what a mutation asked for, once its device has the outcome. Ids and verdicts stay. */
  ledgerPayloadDays: 90,
  /** Milliseconds between two rounds of clearing away. */
  housekeepingMs: 86_400_000,
  /** Records told in one answer; a larger delta comes in parts. */
  partRowsMax: 1_000,
  /** Bytes of their JSON. */
  partBytesMax: 1_000_000,
  /** Rows read at a time while a part is filled: they may be large. */
  partPortionRows: 200,
  /** Devices on one page of an administrator's view of sync. */
  adminDevicesMax: 100,
  /** Heals, issues and losing values of one device on it, the latest; how many there are is told besides. */
  adminItemsMax: 50,
  /** Outcomes in one answer; the rest comes with the next. */
  outcomesMax: 1_000,
  /** Milliseconds between two notes of when a device was last seen. */
  lastSeenStepMs: 60_000,
  /** Rows of each entity that a plan looks at to estimate bytes. */
  planSampleRows: 100,
  /** Bytes on the wire for each byte of JSON, as measured with dictionaries and the lowest compression. */
  planCompression: 0.2,
  /** Rows a second of a first download where none was measured. */
  planRowsPerSecond: 10_000,
  /** Milliseconds before listening for changes is tried again; doubled up to the second. */
  wakeRetryMs: 500,
  wakeRetryMaxMs: 30_000,
  /** Days a session lives after it was last used. */
  sessionDays: 30,
  /** Days of use after which a session is prolonged: not at every request, because that would be a write each. */
  sessionProlongDays: 1,
  /** Sessions of which a process remembers who the person is. */
  sessionsKnownMax: 10_000,
  /** Attempts a minute to sign in, of one log-in from one address. */
  signInAttemptsMax: 30,
  /** Milliseconds between two signs of life on a stream of wake-ups: proxies close what is silent. */
  heartbeatMs: 25_000,
  /** Milliseconds in which many changes are one wake-up. */
  wakeGatherMs: 250,
  /** Mutations of a device that are looked back at to know its own writes on a record from those of others. */
  ownStepsMax: 1_000,
  /** Rows of one statement of an import or a restore. */
  batchRowsMax: 1_000,
  /** Rows read at a time by an export or a backup. */
  portionRows: 2_000,
  /** Milliseconds within which a record used again keeps its place among those used last. */
  usedAgainMs: 300_000,
  /** What a page out of order costs, in pages read in order; PostgreSQL's own 4 is for disks that turn. */
  randomPageCost: 1.1,
  /** Characters a password must have. */
  passwordCharsMin: 8,
} as const;
