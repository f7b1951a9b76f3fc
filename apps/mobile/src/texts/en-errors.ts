// English words for every error code: what happened, and what a person can do about it. Complete by test.
export const enErrors = {
  network: {
    title: 'The server cannot be reached.',
    advice: 'Your work is kept here and sent when there is a connection.',
  },
  timeout: { title: 'The server took too long to answer.', advice: 'It will be tried again by itself.' },
  not_our_server: {
    title: 'Something else answered instead of the server.',
    advice: 'You may have to sign in to this Wi-Fi first, in a browser tab.',
  },
  bad_response: {
    title: 'The answer of the server was damaged.',
    advice: 'It will be tried again by itself.',
  },
  cancelled: { title: 'Cancelled.', advice: 'Start it again when you like.' },
  bad_request: { title: 'This could not be done.', advice: 'Reload the app and try again.' },
  wrong_credentials: { title: 'Name or password is wrong.', advice: 'Check both and try again.' },
  session_expired: {
    title: 'You have been signed out by the server.',
    advice: 'Sign in again to send your changes. Nothing is lost.',
  },
  account_disabled: { title: 'This account is switched off.', advice: 'Ask your administrator.' },
  forbidden: { title: 'You are not allowed to do this.', advice: 'Ask a supervisor, or discard the change.' },
  not_found: { title: 'It is not there.', advice: 'It may have been removed. Go back and refresh.' },
  too_large: {
    title: 'This change is too large to send.',
    advice: 'Shorten the longest text and save again.',
  },
  too_many_requests: { title: 'The server is busy.', advice: 'It will be tried again in a moment.' },
  bundle_outdated: {
    title: 'The app of your organisation has changed.',
    advice: 'The new version is being fetched.',
  },
  schema_too_old: {
    title: 'This change was made with too old a version.',
    advice: 'Nothing is lost. Look at it and send it again.',
  },
  app_too_old: {
    title: 'This version of the app is too old.',
    advice: 'Reload to get the new version. Nothing is lost.',
  },
  server_too_old: {
    title: 'The server is older than this app.',
    advice: 'It will be tried again. Nothing is lost.',
  },
  bundle_broken: {
    title: "A change of your organisation's app could not be used.",
    advice: 'You can go on with the version before. It will be tried again.',
  },
  cursor_invalid: {
    title: 'This device and the server have to compare their records.',
    advice: 'That happens by itself.',
  },
  server_error: {
    title: 'The server made a mistake.',
    advice: 'It will be tried again. If it stays, tell your administrator.',
  },
  unavailable: { title: 'The server is down for the moment.', advice: 'It will be tried again by itself.' },
  sequence_gap: { title: 'Changes have to be sent again in order.', advice: 'That happens by itself.' },
  device_cloned: {
    title: 'This device was copied or restored from a backup.',
    advice: 'Sign in again. Your unsent changes are kept.',
  },
  validation: { title: 'Some fields are not right.', advice: 'Correct the marked fields and save again.' },
  required: { title: 'This is needed.', advice: 'Enter a value.' },
  wrong_type: { title: 'This does not look right.', advice: 'Check how it is written.' },
  out_of_range: { title: 'This is too small or too large.', advice: 'Enter a value within the limits.' },
  too_long: { title: 'This is too long.', advice: 'Shorten it.' },
  not_a_choice: { title: 'This is not one of the choices.', advice: 'Choose one from the list.' },
  no_such_target: { title: 'The record it points to does not exist.', advice: 'Choose another one.' },
  read_only: { title: 'This field cannot be changed.', advice: 'Leave it as it was.' },
  duplicate_value: { title: 'Another record has this value already.', advice: 'Enter a different one.' },
  unknown_entity: {
    title: 'The server does not know this kind of record any more.',
    advice: 'Reload the app, then discard the change if it stays.',
  },
  unknown_field: {
    title: 'The server does not know this field any more.',
    advice: 'Reload the app and save again.',
  },
  unknown_command: {
    title: 'The server does not know this action any more.',
    advice: 'Reload the app and try again.',
  },
  action_not_offline: {
    title: 'This can only be done with a connection.',
    advice: 'Try again when you are online.',
  },
  too_many_pins: {
    title: 'You have pinned as many records as you may.',
    advice: 'Unpin one you no longer need, then pin this one.',
  },
  already_exists: { title: 'This record exists already.', advice: 'Open the existing one.' },
  record_gone: {
    title: 'This record is no longer there for you.',
    advice: 'It was removed or given to somebody else. You can discard your change.',
  },
  record_deleted: {
    title: 'Somebody deleted this record.',
    advice: 'Your change has nowhere to go; copy what you need, then discard it.',
  },
  record_changed: {
    title: 'Somebody changed this record meanwhile.',
    advice: 'Look at it again before you go on.',
  },
  field_conflict: { title: 'Somebody changed the same field.', advice: 'Choose which value to keep.' },
  guarded: {
    title: 'The record does not allow this now.',
    advice: 'See the reason, then change or discard.',
  },
  still_referenced: {
    title: 'Other records still point to this one.',
    advice: 'Remove or change those first.',
  },
  waits_for_other: { title: 'There are changes waiting to be sent.', advice: 'Send or settle them first.' },
  quarantined: {
    title: 'The server could not process this change.',
    advice: 'It was set aside. Give the reference to your administrator.',
  },
  given_up: {
    title: 'An administrator gave this change up.',
    advice: 'It is kept here. Correct it and send it again, or discard it.',
  },
  needs_supervisor: {
    title: 'Waits for a supervisor.',
    advice:
      'Somebody else changed the same, and a supervisor decides which is kept. You may withdraw your change.',
  },
  declined: {
    title: 'A supervisor declined this change.',
    advice: 'What the other person entered is kept. Discard your change, or enter it anew.',
  },
  review_outdated: {
    title: 'The record changed again before you decided.',
    advice: 'Look at the values anew, discard this decision and decide again.',
  },
  storage_full: {
    title: 'The storage of this device is full.',
    advice: 'Nothing more can be saved. Free some space, then try again.',
  },
  storage_unavailable: {
    title: 'This browser does not let the app store records.',
    advice: 'Leave private browsing, or use another browser.',
  },
  storage_broken: {
    title: 'The copy of records on this device is damaged.',
    advice: 'Clear it under Offline and download again. Unsent changes are kept apart.',
  },
  not_available_offline: {
    title: 'This needs a connection.',
    advice: 'Go online, or download it beforehand.',
  },
  not_on_device: { title: 'This is not on this device.', advice: 'It can be opened with a connection.' },
  signed_out: { title: 'You are signed out.', advice: 'Sign in to go on.' },
  unexpected: {
    title: 'Something unexpected went wrong.',
    advice: 'Reload the app. Saved changes are kept.',
  },
} as const;
