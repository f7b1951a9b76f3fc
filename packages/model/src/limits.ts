// Every maximum that more than one part of the house must agree on, with its unit. docs/LIMITS.md says why.

export const limits = {
  /** Rows of one page of a first download. */
  pageRowsMax: 5_000,
  /** Rows of one delta, in all its parts; more is fetched by reconciling. */
  deltaRowsMax: 20_000,
  /** Repairs told with one pull. */
  healsPerPullMax: 20,
  /** Ids asked for in one reconcile request. */
  reconcileIdsMax: 5_000,
  /** Mutations of one push. */
  pushMutationsMax: 200,
  /** Refused mutations that one pull asks after. */
  awaitsMax: 100,
  /** Bytes of one push body. */
  pushBytesMax: 1_000_000,
  /** Bytes of one mutation as JSON. */
  mutationBytesMax: 256_000,
  /** Rows one query may return. */
  queryRowsMax: 1_000,
  /** Characters of a text field that names no maximum. */
  textCharsMax: 255,
  /** Characters of a long text. */
  longTextCharsMax: 100_000,
  /** Values of a multi-choice. */
  multiChoiceValuesMax: 100,
  /** Entities of a solution, links included: they are numbered in the change log. */
  entitiesMax: 500,
  /** Fields of an entity. */
  fieldsMax: 300,
  /** Choices of a field. */
  choicesMax: 1_000,
  /** Digits after the point of a decimal or an amount of money. */
  scaleMax: 6,
  /** Nodes of one expression. */
  expressionNodesMax: 500,
  /** Lookups an expression may look through in one path. */
  expressionPathMax: 3,
  /** Levels of a hierarchy below a person. */
  hierarchyLevelsMax: 10,
  /** Earlier versions of the model whose devices are still understood. */
  versionsServed: 3,
  /** Records that addition on access keeps in a person's scope. */
  openedRecordsMax: 200,
  /** Records of one report of what was looked at; a device keeps as many until the next. */
  openedBatchMax: 50,
  /** Times a mutation may crash the server before it is set aside. */
  mutationAttemptsMax: 5,
  /** Buckets a digest is split into: by the first byte of the record id's last group. */
  digestBuckets: 256,
} as const;
