// Maxima of the device engine, each with its unit; docs/LIMITS.md says why. Those that the server must agree on are in the model's limits.

export const deviceLimits = {
  /** Unsettled changes the outbox takes before it asks the person to sync or clear problems first. */
  outboxEntriesMax: 20_000,
  /** First wait after a failure. */
  retryFirstMs: 1_000,
  /** Longest wait between two tries. */
  retryMaxMs: 300_000,
  /** A status is told at most this often. */
  statusIntervalMs: 100,
  /** Session, plan and pull. */
  callTimeoutMs: 30_000,
  /** A page, a push or rows to repair. */
  bulkTimeoutMs: 120_000,
  /** A live query: somebody is looking at a spinner. */
  queryTimeoutMs: 10_000,
  /** Pages of a download asked for before they are needed. */
  pagesAheadMax: 2,
  /** Rounds of comparing and repairing in one sync before an entity is called not available. */
  healRoundsMax: 3,
  /** Rows asked for at once while repairing. */
  healRowsMax: 1_000,
  /** Rows folded at once while the search index is built. */
  searchBatchRows: 2_000,
  /** Repairs kept until the server has them; then the oldest goes. */
  healsKeptMax: 100,
  /** Parts of deltas in one sync. */
  partsPerSyncMax: 200,
  /** Pushes in one sync; the rest waits for the next, so that a pull gets its turn. */
  pushesPerSyncMax: 100,
  /** A delta that still differs after so many pulls in one sync is left to the next. */
  pullsPerSyncMax: 8,
} as const;
