// Is an answer our server's, and do we speak its protocol? Everything else that answers on the way is a stranger.
import { SyncError, wire } from '@satchel/model';

const protocolHeader = 'x-satchel-protocol';

/** What every request says, so that a server of several versions answers in ours. */
export const protocolHeaders = { [protocolHeader]: String(wire.protocolVersion) };

/** Throws SyncError `not_our_server` for an answer without our header, `app_too_old` or `server_too_old` for one in another version of the protocol. */
export function checkOurs(response: Response): void {
  const version = response.headers.get(protocolHeader);
  if (response.type === 'opaqueredirect' || version === null) {
    throw new SyncError('not_our_server', { status: response.status });
  }
  if (Number(version) > wire.protocolVersion) throw new SyncError('app_too_old', { protocol: version });
  if (Number(version) !== wire.protocolVersion) throw new SyncError('server_too_old', { protocol: version });
}
