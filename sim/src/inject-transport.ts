// The real server as a device's road to it, without a socket: requests go straight into the app's handlers.
import { SyncError } from '@satchel/model';
import type { Transport } from '@satchel/device';

/** What of the server's app is needed here. */
export interface Injectable {
  inject(request: {
    readonly method: 'GET' | 'POST' | 'DELETE';
    readonly url: string;
    readonly headers: Record<string, string>;
    readonly payload?: string;
  }): Promise<{
    readonly statusCode: number;
    readonly headers: Record<string, unknown>;
    readonly body: string;
  }>;
}

export function injectTransport(app: () => Injectable): Transport {
  return {
    async call({ method, path, body, token }) {
      const answer = await app().inject({
        method,
        url: path,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      if (answer.headers['x-satchel-protocol'] === undefined) throw new SyncError('not_our_server');
      return {
        status: answer.statusCode,
        body: answer.body === '' ? null : (JSON.parse(answer.body) as unknown),
        bytes: answer.body.length,
      };
    },
    listen: () => () => undefined,
  };
}
