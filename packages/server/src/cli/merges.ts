// merges: values that lost without anybody having been asked, as long as they are kept.
import { serverLimits } from '../limits.ts';
import { readSuperseded } from '../push/traces.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';
import type { Options } from './options.ts';

export async function listMerges(
  { database, organisation, voice }: CommandContext,
  words: readonly string[],
  options: Options,
): Promise<CommandOutcome> {
  if (words.length !== 1 || words[0] !== 'list') return { usage: 'Say list.' };
  const { record } = options;
  if (record !== undefined && !/^[0-9a-f-]{36}$/.test(record))
    return { usage: '--record is the id of a record.' };
  const limit = serverLimits.supersededListMax;
  const merges = await readSuperseded(database, organisation, { limit, ...(record && { recordId: record }) });
  for (const { at, entity, recordId, field, rule, theirs, mine, result } of merges)
    voice.say(
      [
        at,
        entity,
        recordId,
        field,
        rule,
        ...[theirs, mine, result].map((value) => JSON.stringify(value)),
      ].join('\t'),
    );
  return { ok: true, figures: { merges } };
}
