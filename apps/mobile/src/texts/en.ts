// Every English word that the app itself says. Words about records come from the model; error codes are in en-errors.ts.
export const en = {
  app: { name: 'Satchel', loading: 'Opening…', slogan: 'Your records, with or without a network.' },
  nav: { home: 'Home', outbox: 'Outbox', offline: 'Offline', settings: 'Settings', main: 'Main', back: 'Back', records: 'Records' },
  action: {
    save: 'Save', cancel: 'Cancel', edit: 'Edit', delete: 'Delete', new: 'New', add: 'Add', undo: 'Undo', discard: 'Discard', close: 'Close',
    retry: 'Try again', refresh: 'Refresh', more: 'More actions', keepEditing: 'Keep editing', leave: 'Leave', clear: 'Clear', done: 'Done', signIn: 'Sign in',
    newOf: 'New {{label}}', show: 'Show', dismiss: 'Dismiss',
  },
  signIn: {
    title: 'Sign in', login: 'Sign-in name', password: 'Password', submit: 'Sign in', busy: 'Signing in…', server: 'Server: {{host}}',
    first: 'The first sign-in on a device needs a connection.', missing: 'Enter your sign-in name and your password.',
    again: 'Sign in again as {{name}} to send your changes. What is on this device stays.', later: 'Later',
  },
  greeting: { morning: 'Good morning, {{name}}', day: 'Hello, {{name}}', evening: 'Good evening, {{name}}' },
  sync: {
    synced: 'Synced {{when}}', asOf: 'As of {{when}}', never: 'Not synced yet', syncing: 'Syncing…', downloading: 'Downloading…', checking: 'Checking…',
    sending: 'Sending…', comparing: 'Comparing…', waiting_one: '{{count}} change waiting', waiting_other: '{{count}} changes waiting',
    problems_one: '{{count}} change needs you', problems_other: '{{count}} changes need you', held_one: '{{count}} change on hold', held_other: '{{count}} changes on hold',
    settling_one: '{{count}} change accepted, row on its way', settling_other: '{{count}} changes accepted, rows on their way',
    offline: 'Offline', upToDate: 'Nothing to send', now: 'Sync now', lastSync: 'Last sync {{when}}',
  },
  banner: {
    forced: 'Offline Mode is on', forcedHint: 'Changes wait in the outbox.', offline: 'No connection', offlineHint: 'You can go on working.',
    degraded: 'Server unreachable', degradedHint: 'Retrying. You can go on working.', expired: 'Sign in to send your changes', update: 'New version ready', updateAction: 'Reload',
    goOnline: 'Go online',
  },
  home: { empty: 'No entities to show', emptyHint: 'Your role does not show any records on the home screen.', records: 'Records', count_one: '{{count}} record', count_other: '{{count}} records', takeAlong: 'Take your records along', takeAlongHint: 'Download them to work without a network.' },
  entityState: {
    available: 'On this device', initializing: 'Downloading {{percent}} %', notAvailable: 'Not available', notEnabled: 'Only with a connection', none: 'Not downloaded',
    reason: {
      error: 'The last download or sync failed.', missedUpdate: 'New records were not downloaded yet.', overLimit: 'There are too many records for this device.', permission: 'You may not read these records.',
    },
    remedy: { error: 'Download again.', missedUpdate: 'Sync or download to get them.', overLimit: 'Ask your administrator to carry fewer.', permission: 'Ask your administrator.' },
  },
  list: {
    search: 'Search {{label}}', views: 'Views', sort: 'Sort', sortDefault: 'As in the view', ascending: '{{field}}, ascending', descending: '{{field}}, descending',
    empty: 'Nothing here', emptyView: 'No records match “{{view}}”.', emptySearch: 'Nothing found for “{{text}}”', emptySearchHint: 'Only words at the beginning count. Try fewer letters.',
    searchedDevice: 'Searched on this device.', asOf: 'On this device, as of {{when}}', live: 'Live, not saved on this device', total_one: '{{count}} record', total_other: '{{count}} records',
    first: 'The first {{count}} are shown. Search to find others.', loading: 'Loading…', failed: 'This list could not be read', pull: 'Pull to refresh', release: 'Release to refresh', notHere: 'Not on this device',
    notHereHint: 'These records are only available with a connection.', rows: 'Records of {{label}}', untitled: 'Untitled', choose: 'Choose a record', chooseHint: 'It opens here, next to the list.',
  },
  mark: { waiting: 'Waiting to be sent', held: 'On hold', conflict: 'Needs your choice', rejected: 'Not accepted', 'created-here': 'New, not sent yet', 'deleted-here': 'Deleted here, not sent yet' },
  record: {
    gone: 'Record not found', goneHint: 'It was deleted, or it is not on this device. With a connection it may be found.', live: 'Live, not saved on this device', was: 'was {{value}}', pending: 'Not sent yet',
    problem: 'Your change was not applied', resolve: 'Choose what to keep', fix: 'Correct and send again', showChange: 'Show the change', related: 'Related', noRelated: 'None yet',
    confirmDelete: 'Delete this record?', confirmDeleteText: '{{title}} will be deleted for everybody once this change is sent. Until then you can undo it.', deleted: 'Deleted here. It goes to the server with the next sync.',
    writeNote: 'Write a note', addNote: 'Add note', pendingNumber: 'Number comes with the next sync', guard: 'Changes are not allowed', onlyOnline: 'Needs a connection', showAll_one: 'Show {{count}} more', showAll_other: 'Show {{count}} more',
    entries: 'Changes not settled', changed: 'Changed {{when}}', moreRelated: 'The first {{count}} are shown',
  },
  value: { yes: 'Yes', no: 'No', empty: '—', notOnDevice: 'Not on this device', numberPending: 'Number pending' },
  form: {
    new: 'New {{label}}', edit: 'Edit {{label}}', required: 'required', none: 'None', choose: 'Choose…', pick: 'Choose {{label}}', searchDevice: 'Search {{label}}', onDevice: 'Found on this device', live: 'Found on the server',
    noMatch: 'No match on this device', noMatchLive: 'No match', faults_one: 'One field needs your attention', faults_other: '{{count}} fields need your attention', fault: '{{field}}: {{what}}',
    draftKept: 'Your unfinished changes from {{when}} are back.', dropDraft: 'Start over', leaveTitle: 'Leave without saving?', leaveText: 'What you entered is kept as a draft on this device.', leaveDrop: 'Discard draft', leaveKeep: 'Keep draft',
    nothing: 'Nothing was changed.', remove: 'Remove {{label}}', gone: 'This record cannot be edited', max: 'at most {{count}} characters', saving: 'Saving…',
  },
  outbox: {
    title: 'Outbox', tabWaiting: 'Not sent', tabHistory: 'History', empty: 'Nothing waits', emptyHint: 'Every change you made has reached the server.', emptyHistory: 'No history yet', emptyHistoryHint: 'Changes that were settled stay here for 30 days.',
    sendNow: 'Send now', summary_one: '{{count}} change', summary_other: '{{count}} changes', onRecords_one: 'on {{count}} record', onRecords_other: 'on {{count}} records', saved: 'Saved to outbox', undone: 'Change taken back', discarded: 'Change discarded', resolved: 'Your choice is in the outbox', resent: 'Sent again',
    confirmDiscard: 'Discard this change?', confirmDiscardText: 'What you entered will not reach the server. It stays readable in the history for 30 days.', attempts_one: '{{count}} attempt', attempts_other: '{{count}} attempts', heldUnder: 'Waits for the change above', change: 'Change', notFound: 'This change is no longer in the outbox', notFoundHint: 'It was sent, settled or taken back. The history has it.',
    at: 'Made {{when}}', correctedAt: 'Device time {{device}}, put right to {{corrected}}', values: 'Values', from: 'Before', to: 'After', offlineNow: 'You are offline. They are sent when you are back.', forcedNow: 'Offline Mode is on. They wait until you go online.',
    reference: 'Reference {{reference}}', openRecord: 'Open the record',
  },
  entryAction: { create: 'Created', update: 'Changed', delete: 'Deleted' },
  entryState: { queued: 'Waiting', held: 'On hold', sending: 'Sending', retrying: 'Trying again', applied: 'Accepted', merged: 'Accepted and merged', conflict: 'Needs your choice', rejected: 'Not accepted', discarded: 'Discarded' },
  conflict: {
    title: 'Choose what to keep', intro: '{{name}} changed this record on {{when}}, while your change was waiting.', introNobody: 'This record was changed while your change was waiting.', base: 'Before', theirs: 'Theirs', mine: 'Mine', keepMine: 'Keep mine', takeTheirs: 'Take theirs', keepBoth: 'Keep both', edit: 'Edit', submit: 'Save my choice', othersKept: 'Your other changes are kept',
    allMine: 'All mine', allTheirs: 'All theirs', group: 'Value of {{field}}', deleted: '{{name}} deleted this record on {{when}}.', deletedNobody: 'This record was deleted while your change was waiting.', deleteAnyway: 'Delete anyway', keepRecord: 'Keep the record', restore: 'Make it again with my changes', letGo: 'Let it go', changedSince: 'It was changed since you looked at it. Delete it all the same?',
    why: 'Why', yours: 'What you entered', send: 'Send again', done: 'Done',
  },
  offline: {
    title: 'Offline', mode: 'Offline Mode', modeHint: 'Stay offline even where there is a network. Changes wait until you switch it off.', goOnlineTitle: 'Go online and send?', goOnlineText_one: '{{count}} change will be sent.', goOnlineText_other: '{{count}} changes will be sent.', goOnline: 'Go online and send',
    ready: 'Ready for offline', notReady: 'Not ready for offline', partly: 'Partly ready for offline', plan: 'A download takes about {{rows}} records, {{size}} and {{time}}.', planning: 'Working out what a download takes…', download: 'Download', resume: 'Continue download', again: 'Download again', downloading: 'Downloading', progress: '{{rows}} of {{expected}} records', keepOpen: 'Keep this screen on until it is done. You can go on working.', complete: 'Download complete: {{count}} records on this device.', failedDownload: 'The download stopped. Nothing is lost; continue when you like.',
    perEntity: 'Records on this device', rows_one: '{{count}} record', rows_other: '{{count}} records', lastSync: 'Last sync', never: 'Never', storage: 'Storage', used: '{{used}} of {{quota}} used', persisted: 'Protected from automatic clearing', notPersisted: 'The browser may clear it when space runs low', heals_one: '{{count}} row repaired', heals_other: '{{count}} rows repaired',
    clear: 'Clear downloaded records', clearTitle: 'Clear downloaded records?', clearText_one: '{{count}} record leaves this device. Changes in the outbox stay.', clearText_other: '{{count}} records leave this device. Changes in the outbox stay.', cleared: 'Downloaded records cleared', noProfile: 'Nothing is meant to be taken offline', noProfileHint: 'Your role has no offline profile. Ask your administrator.', clock: 'This device’s clock is {{minutes}} minutes off. Times are put right by the server.', skip: 'Not now', needNetwork: 'A download needs a connection.', state: 'State',
  },
  settings: {
    title: 'Settings', person: 'Person', organisation: 'Organisation', device: 'This device', solution: 'App', version: 'Version', bundle: 'Model', theme: 'Appearance', themeAuto: 'As the device', themeLight: 'Light', themeDark: 'Dark', signOut: 'Sign out', signOutTitle: 'Sign out?', signOutText: 'Downloaded records leave this device.', signOutUnsent_one: '{{count}} change has not reached the server.', signOutUnsent_other: '{{count}} changes have not reached the server.', sendFirst: 'Send first, then sign out', keepLocked: 'Keep them locked here and sign out',
    stillWaiting: 'Not everything could be sent. You are still signed in.', install: 'Install the app', installHint: 'Add Satchel to your Home Screen: in the browser’s share or main menu choose “Add to Home Screen”. It then keeps its records safe from clean-ups.', roles: 'Roles', login: 'Sign-in name', clockOffset: 'Clock',
  },
  time: { justNow: 'just now' },
  size: { kilobytes: '{{value}} kB', megabytes: '{{value}} MB', gigabytes: '{{value}} GB', seconds_one: '{{count}} second', seconds_other: '{{count}} seconds', minutes_one: '{{count}} minute', minutes_other: '{{count}} minutes' },
} as const;
