// quarantine: changes that kept crashing the server, and what an administrator does about them.
import {
  discardQuarantined,
  listQuarantine,
  retryQuarantined,
  type QuarantineOutcome,
} from '../push/quarantine.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';

export async function manageQuarantine(
  context: CommandContext,
  words: readonly string[],
): Promise<CommandOutcome> {
  const { database, organisation } = context;
  const [action, id = ''] = words;
  if (action === 'list' && words.length === 1) return listAside(context);
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  if (!isId || words.length !== 2) return { usage: 'Say list, or retry or discard and the id of a change.' };
  switch (action) {
    case 'retry':
      return told(context, id, await retryQuarantined(database, organisation, id, new Date().toISOString()));
    case 'discard':
      return told(context, id, await discardQuarantined(database, organisation, id));
    default:
      return { usage: `There is no "quarantine ${action ?? ''}".` };
  }
}

async function listAside({ database, organisation, voice }: CommandContext): Promise<CommandOutcome> {
  const aside = await listQuarantine(database, organisation);
  for (const each of aside) {
    const { receivedAt, mutationId, login, entity, recordId, command, reference } = each;
    voice.say([receivedAt, mutationId, login, entity, command, recordId, reference].join('\t'));
  }
  return { ok: true, figures: { quarantined: aside } };
}

function told({ voice }: CommandContext, id: string, outcome: QuarantineOutcome): CommandOutcome {
  const words = {
    replaced: 'its author sent another in its place',
    author_gone: 'its author cannot sign in any more',
    unreadable: 'it cannot be read',
  };
  switch (outcome.kind) {
    case 'done':
      voice.say(`${id}: ${outcome.verdict.outcome} ${outcome.verdict.code ?? ''}`.trimEnd());
      return {
        ok: true,
        figures: { mutation: id, outcome: outcome.verdict.outcome, code: outcome.verdict.code ?? null },
      };
    case 'not-there':
      voice.warn(`${id} is not set aside: see quarantine list.`);
      return { ok: false, figures: { fault: 'not_found' } };
    case 'not-wanted':
      voice.warn(`${id} is not run again: ${words[outcome.why]}.`);
      return { ok: false, figures: { fault: outcome.why } };
  }
}
