// import incident-log: opens the file, unpacks it where it is packed, and tells what became of it.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../errors.ts';
import { analyze } from '../store/organisation.ts';
import { importIncidentLog } from './import-incident-log.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';
import { pathOf, type Options } from './options.ts';

export async function runIncidentLogImport(
  context: CommandContext,
  words: readonly string[],
  options: Options,
): Promise<CommandOutcome> {
  const [file] = words;
  if (file === undefined || words.length !== 1) return { usage: 'Name one file.' };
  const asOf = options['as-of'] === undefined ? undefined : momentOf(options['as-of']);
  if (asOf === null) return { usage: '--as-of is a moment such as 2016-04-01T00:00:00Z.' };
  const assignTo = options['assign-to'];
  const { database, organisation, voice } = context;
  try {
    const report = await importIncidentLog(
      open(context, file),
      { database, organisation },
      {
        ...(asOf === undefined ? {} : { asOf }),
        ...(assignTo === undefined ? {} : { assignTo }),
        onRejected: (line, reason) => voice.warn(`line ${line}: ${reason}`),
        onProgress: (lines) => voice.progress(`${lines} lines`),
      },
    );
    if (!report.ok) {
      voice.warn(`Nothing was imported: ${report.fault} (${report.detail.join(', ')}).`);
      return { ok: false, figures: { fault: report.fault, detail: report.detail } };
    }
    await analyze(database, organisation);
    const { ok: _ok, ...figures } = report;
    voice.say(
      `${figures.lines} lines read, ${figures.rejected} rejected: ${figures.incidents} incidents (${figures.inserted} new, ${figures.updated} updated), ${figures.versions} versions.`,
    );
    return { ok: true, figures };
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'ENOENT') return { usage: `There is no file ${file}.` };
    if (code === null || !/^(Z_|CSV_)/.test(code)) throw thrown;
    voice.warn(`${file} cannot be read any further (${code}); what came before is in.`);
    return { ok: false, figures: { fault: code } };
  }
}

function open(context: CommandContext, file: string): Readable {
  const source = createReadStream(pathOf(context.cwd, file));
  if (!file.endsWith('.gz')) return source;
  const unpacked = source.pipe(createGunzip());
  source.on('error', (failure) => unpacked.destroy(failure));
  return unpacked;
}

function momentOf(text: string): string | null {
  const at = Date.parse(/\d$/.test(text) && text.includes('T') ? `${text}Z` : text);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
