// The one table of errors. Code reads codes and retry advice, never message text; docs/ERRORS.md says for each what happened and who can fix it.

export type RetryAdvice = 'soon' | 'after-sign-in' | 'after-upgrade' | 'never';

interface ErrorEntry {
  readonly status: number;
  readonly retry: RetryAdvice;
}

export const errorCodes = {
  // the way there
  network: { status: 0, retry: 'soon' },
  timeout: { status: 0, retry: 'soon' },
  not_our_server: { status: 0, retry: 'soon' },
  bad_response: { status: 0, retry: 'soon' },
  cancelled: { status: 0, retry: 'soon' },
  // the request
  bad_request: { status: 400, retry: 'never' },
  wrong_credentials: { status: 401, retry: 'after-sign-in' },
  session_expired: { status: 401, retry: 'after-sign-in' },
  account_disabled: { status: 403, retry: 'never' },
  forbidden: { status: 403, retry: 'never' },
  not_found: { status: 404, retry: 'never' },
  too_large: { status: 413, retry: 'never' },
  too_many_requests: { status: 429, retry: 'soon' },
  bundle_outdated: { status: 409, retry: 'soon' },
  schema_too_old: { status: 409, retry: 'after-upgrade' },
  app_too_old: { status: 426, retry: 'after-upgrade' },
  server_too_old: { status: 501, retry: 'soon' },
  bundle_broken: { status: 0, retry: 'soon' },
  cursor_invalid: { status: 409, retry: 'soon' },
  server_error: { status: 500, retry: 'soon' },
  unavailable: { status: 503, retry: 'soon' },
  // a mutation
  sequence_gap: { status: 409, retry: 'soon' },
  device_cloned: { status: 409, retry: 'after-sign-in' },
  validation: { status: 422, retry: 'never' },
  required: { status: 422, retry: 'never' },
  wrong_type: { status: 422, retry: 'never' },
  out_of_range: { status: 422, retry: 'never' },
  too_long: { status: 422, retry: 'never' },
  not_a_choice: { status: 422, retry: 'never' },
  no_such_target: { status: 422, retry: 'never' },
  read_only: { status: 422, retry: 'never' },
  duplicate_value: { status: 409, retry: 'never' },
  unknown_entity: { status: 422, retry: 'never' },
  unknown_field: { status: 422, retry: 'never' },
  unknown_command: { status: 422, retry: 'never' },
  action_not_offline: { status: 403, retry: 'never' },
  too_many_pins: { status: 409, retry: 'never' },
  already_exists: { status: 409, retry: 'never' },
  record_gone: { status: 409, retry: 'never' },
  record_deleted: { status: 409, retry: 'never' },
  record_changed: { status: 409, retry: 'never' },
  field_conflict: { status: 409, retry: 'never' },
  guarded: { status: 409, retry: 'never' },
  still_referenced: { status: 409, retry: 'never' },
  waits_for_other: { status: 409, retry: 'never' },
  quarantined: { status: 500, retry: 'never' },
  given_up: { status: 409, retry: 'never' },
  needs_supervisor: { status: 409, retry: 'never' },
  declined: { status: 409, retry: 'never' },
  review_outdated: { status: 409, retry: 'never' },
  // the device
  storage_full: { status: 0, retry: 'never' },
  storage_unavailable: { status: 0, retry: 'never' },
  storage_broken: { status: 0, retry: 'never' },
  not_available_offline: { status: 0, retry: 'soon' },
  not_on_device: { status: 0, retry: 'soon' },
  signed_out: { status: 0, retry: 'after-sign-in' },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCodes;

/** A failure at the edge: network, storage, server. Expected outcomes are returned, not thrown. */
export class SyncError extends Error {
  readonly code: ErrorCode;
  readonly retry: RetryAdvice;
  /** Facts for a log or a screen; never read by code. */
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    detail: Readonly<Record<string, unknown>> = {},
    options?: { cause?: unknown },
  ) {
    super(code, options);
    this.name = 'SyncError';
    this.code = code;
    this.retry = errorCodes[code].retry;
    this.detail = detail;
  }
}
