// What `satchel --help` and `satchel <command> --help` say.

export const help = `Usage: npm run satchel -- <command> [options]

Commands
  import csv           records of any entity from a csv file
  import incident-log  an audit log of incidents, as ServiceNow writes it
  export               records of an entity, as csv or json
  user                 people who sign in: list, add, password, role
  merges               values that lost in merges nobody was asked about: list
  sync-status          how the devices stand: contact, repairs, what was refused
  quarantine           changes that kept crashing the server: list, retry, discard
  backup               everything of an organisation into one file
  restore              such a file into an organisation that is empty

Options for every command
  --organisation NAME  which organisation (the only one)
  --json               the last line of standard output is one JSON object with "ok" and figures
  --help               about a command

Environment
  SATCHEL_DATA         data folder (.satchel in the current folder)
  DATABASE_URL         a PostgreSQL of your own instead of the embedded one

Commands work beside a running server. They end with 0 when it worked (rows that were left out are told), 1 when it failed or no row was
fit to be taken, 2 when the arguments make no sense.
`;

export const helpByCommand: Readonly<Record<string, string>> = {
  'import csv': `Usage: npm run satchel -- import csv --entity NAME [--map field=column,…] FILE

Reads a csv file (or .csv.gz; - is standard input) with a line of column names. Rows that do not fit are told with line and reason on
standard error and left out; the rest goes in.

  --entity NAME   what kind of record, such as account
  --map LIST      which column fills which field; absent: columns named like fields or their labels
                  map id to a column with the other system's key, so that a second import updates and does not double
  --delimiter C   between columns (,)

Dates are YYYY-MM-DD, moments ISO 8601 (UTC where no zone is given), choices their value or label, lookups the id of the record (or the key
that it was imported under).
`,
  'import incident-log': `Usage: npm run satchel -- import incident-log [--as-of MOMENT] [--assign-to LOGIN] FILE

Reads the audit log of an incident process (csv or csv.gz): incidents in their latest state before a moment, callers, groups and resolvers,
and each version as history.

  --as-of MOMENT     ISO 8601; absent: the end of the log
  --assign-to LOGIN  gives the busiest resolver's incidents, and a place in the busiest group, to this person
`,
  export: `Usage: npm run satchel -- export ENTITY [--format csv|json] [--out FILE]

  --format csv|json  csv, or one JSON object a line (csv)
  --out FILE         where to; absent: standard output
`,
  user: `Usage: npm run satchel -- user list
       npm run satchel -- user add LOGIN --name NAME [--role ROLE,…] [--team TEAM,…]
       npm run satchel -- user password LOGIN
       npm run satchel -- user role LOGIN [--add ROLE,…] [--remove ROLE,…]

A password is read from standard input (or SATCHEL_PASSWORD), never from the arguments. A new password ends the person's sessions.
`,
  merges: `Usage: npm run satchel -- merges list [--record ID]

Time, entity, record, field, rule, their value, the author's value and the result of each, newest first, for 30 days. The field * is a whole row
that a delete won over.

  --record ID  only of this record
`,
  'sync-status': `Usage: npm run satchel -- sync-status

Prints a line for each device: whose it is, its last contact, how many changes it sent and has settled, how old its cursor was then, how many rows it had to
repair, how many of its changes are refused or waiting, how many values lost in merges. Below: what is open, and the latest repairs. With --json
everything that GET /api/admin/sync tells, under "devices".
`,
  quarantine: `Usage: npm run satchel -- quarantine list
       npm run satchel -- quarantine retry MUTATION
       npm run satchel -- quarantine discard MUTATION

A change that failed five times in a way nobody foresaw is set aside with a reference that stands in the log, and its device's other work goes
on. retry runs it again with the rights of its author, once its cause is gone; discard gives it up for good. Either way its author's device learns
by its next pull.
`,
  backup: `Usage: npm run satchel -- backup FILE

Writes everything of the organisation, as of one moment, into FILE (gzip). The server may go on. Sessions are not in it.
`,
  restore: `Usage: npm run satchel -- restore FILE

Reads a backup into a database that has no organisation of that name. Devices notice and compare what they have; unsent changes are kept.
`,
};
