// Which version of the protocol an answer is in. A device that is behind is served in its own version as long as that is one of those still spoken;
// one that is too far behind, or ahead, is told so, and nothing of its request is read in a shape that it does not have.
import { wire, type ErrorCode } from '@satchel/model';

export const protocolHeader = 'x-satchel-protocol';

export interface Spoken {
  readonly version: number;
  /** Null: go on. */
  readonly refusal: Extract<ErrorCode, 'app_too_old' | 'server_too_old'> | null;
}

/** `asked`: the request's header; programs that send none get the newest. */
export function spokenFor(
  asked: string | undefined,
  range: { readonly oldest: number; readonly newest: number } = {
    oldest: wire.oldestProtocolVersion,
    newest: wire.protocolVersion,
  },
): Spoken {
  const version = asked === undefined ? range.newest : Number(asked);
  if (!Number.isSafeInteger(version)) return { version: range.newest, refusal: null };
  if (version < range.oldest) return { version: range.newest, refusal: 'app_too_old' };
  if (version > range.newest) return { version: range.newest, refusal: 'server_too_old' };
  return { version, refusal: null };
}
