// What the page itself remembers of the engine's storage, kept apart from it: when a browser clears that storage, the engine starts as on its first
// day and cannot know that there was anything. The page can, and says so. It decides nothing about data.
import type { Status } from '@satchel/device';

export interface Testimony {
  readonly name: string;
  /** Changes that had not been sent. */
  readonly unsent: number;
  /** By the device's clock, ISO; only shown. */
  readonly asOf: string;
}

export interface Sighting {
  /** What to remember from now on; null: nothing. */
  readonly remember: Testimony | null;
  /** Storage with this in it was here, and is gone without anybody having signed out. */
  readonly cleared: Testimony | null;
}

/** `sawSomebody`: this page has seen a session, so that one that is over now was ended by signing out. */
export function sightingOf(
  status: Pick<Status, 'session' | 'outbox'>,
  remembered: Testimony | null,
  sawSomebody: boolean,
  asOf: string,
): Sighting {
  const { session, outbox } = status;
  if (session.state !== 'signed-out') {
    const unsent = outbox.waiting + outbox.held + outbox.problems;
    return { remember: { name: session.user.name, unsent, asOf }, cleared: null };
  }
  return sawSomebody ? { remember: null, cleared: null } : { remember: remembered, cleared: remembered };
}

/** As it was written; null for what is not readable. */
export function testimonyFrom(text: string | null): Testimony | null {
  if (text === null) return null;
  try {
    const { name, unsent, asOf } = JSON.parse(text) as Partial<Testimony>;
    const isWhole = typeof name === 'string' && typeof unsent === 'number' && typeof asOf === 'string';
    return isWhole ? { name, unsent, asOf } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
