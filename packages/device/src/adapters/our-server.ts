// Is an answer our server's, and do we speak its protocol? Everything else that answers on the way is a stranger.
import { SyncError, wire } from '@satchel/model';

export const protocolHeader = 'x-satchel-protocol';

/** Throws SyncError `not_our_server` for an answer without our header, `schema_too_old` for one of another version of the protocol. */
export function checkOurs(response: Response): void {
  const version = response.headers.get(protocolHeader);
  if (response.type === 'opaqueredirect' || version === null) {
    throw new SyncError('not_our_server', { status: response.status });
  }
  if (Number(version) !== wire.protocolVersion) {
    throw new SyncError('schema_too_old', { protocol: version });
  }
}
