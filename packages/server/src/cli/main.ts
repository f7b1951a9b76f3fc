// `npm run satchel -- …`: reads the arguments, opens the database and hands over to a command.
import { parseArgs } from 'node:util';
import { readConfig, type Config } from '../config.ts';
import { codeOf } from '../errors.ts';
import { options, type Options } from './options.ts';
import { DataFolderError } from '../store/embedded.ts';
import { backup } from './backup.ts';
import { exportRecords } from './export.ts';
import { help, helpByCommand } from './help.ts';
import { importCsv } from './import-csv.ts';
import { runIncidentLogImport } from './run-incident-log.ts';
import { joinDatabase } from './join-database.ts';
import { listMerges } from './merges.ts';
import { chooseOrganisation, type CommandContext, type CommandOutcome } from './open-organisation.ts';
import { manageQuarantine } from './quarantine.ts';
import { exitCodeOf, openVoice } from './report.ts';
import { restore } from './restore.ts';
import { syncStatus } from './sync-status.ts';
import { manageUsers } from './user.ts';

type Command = (
  context: CommandContext,
  words: readonly string[],
  options: Options,
) => Promise<CommandOutcome>;

/** Connections a command needs: it does one thing after the other. */
const connections = 4;

const commands: Readonly<Record<string, Command>> = {
  'import csv': importCsv,
  'import incident-log': runIncidentLogImport,
  export: exportRecords,
  user: manageUsers,
  merges: listMerges,
  quarantine: manageQuarantine,
  backup,
  'sync-status': syncStatus,
};

async function main(): Promise<number> {
  const voice = openVoice({ out: process.stdout, err: process.stderr });
  const parsed = readArguments(process.argv.slice(2));
  if ('usage' in parsed) {
    voice.warn(parsed.usage);
    return 2;
  }
  const { words, given, isHelp, isJson } = parsed;
  const name = words[0] === 'import' ? words.slice(0, 2).join(' ') : (words[0] ?? '');
  if (isHelp || name === '') {
    voice.say(helpByCommand[name] ?? help);
    return isHelp ? 0 : 2;
  }
  const cwd = process.env['SATCHEL_CWD'] ?? process.cwd();
  const config = readConfig(process.env, [], cwd);
  if ('fault' in config) {
    voice.warn(config.fault);
    return 2;
  }
  const rest = words.slice(name.split(' ').length);
  const outcome = await run(name, rest, given, { config, cwd, voice });
  voice.close();
  if ('usage' in outcome) voice.warn(`${outcome.usage} See npm run satchel -- ${name} --help.`);
  if (isJson) {
    const figures = 'usage' in outcome ? { fault: outcome.usage } : outcome.figures;
    voice.say(JSON.stringify({ ok: 'usage' in outcome ? false : outcome.ok, ...figures }));
  }
  return exitCodeOf(outcome);
}

async function run(
  name: string,
  words: readonly string[],
  given: Options,
  world: { readonly config: Config; readonly cwd: string; readonly voice: CommandContext['voice'] },
): Promise<CommandOutcome> {
  const command = commands[name];
  if (command === undefined && name !== 'restore') return { usage: `There is no command "${name}".` };
  const { config, cwd, voice } = world;
  let joined: Awaited<ReturnType<typeof joinDatabase>>;
  try {
    joined = await joinDatabase(config, connections);
  } catch (thrown) {
    if (!(thrown instanceof DataFolderError)) throw thrown;
    voice.warn(
      `The data folder ${config.dataFolder} cannot be used: ${thrown.code} ${JSON.stringify(thrown.detail)}`,
    );
    return { ok: false, figures: { fault: thrown.code } };
  }
  const { database } = joined;
  try {
    if (command === undefined) return await restore({ database, voice, cwd }, words, given);
    const organisation = await chooseOrganisation(database, given.organisation);
    if ('usage' in organisation) return organisation;
    return await command({ organisation, database, voice, cwd }, words, given);
  } finally {
    await joined.close();
  }
}

function readArguments(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    const { help: isHelp = false, json: isJson = false, ...given } = values;
    return { words: positionals, given: given as Options, isHelp, isJson };
  } catch (thrown) {
    // Node words these for people, and they are only ever shown to one.
    return { usage: thrown instanceof Error ? `${String(thrown.message)} See --help.` : 'See --help.' };
  }
}

// A command that is broken off leaves no database running that it started: on the way out that one is stopped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

// Who reads what is said may stop reading, as `head` does.
process.stdout.on('error', (failure) => process.exit(codeOf(failure) === 'EPIPE' ? 0 : 1));

const exitCode = await main();
// What was said is out before the process ends.
await new Promise<void>((done) => process.stdout.write('', () => done()));
process.exit(exitCode);
