// The real server as a device's road to it, without a socket: requests go straight into the app's handlers.
import { SyncError } from '@satchel/model';
import type { Call } from '@satchel/device';
import type { Road } from './wire.ts';

/** What of the server's app is needed here. */
export interface Injectable {
  inject(request: {
    readonly method: 'GET' | 'POST' | 'DELETE';
    readonly url: string;
    readonly headers: Record<string, string>;
    readonly payload?: string | Buffer;
  }): Promise<{
    readonly statusCode: number;
    readonly headers: Record<string, unknown>;
    readonly body: string;
    /** As sent, packed where it was packed. */
    readonly rawPayload: Buffer;
  }>;
}

/** `app` is asked for each request: any of several processes may take it. */
export function injectTransport(app: () => Injectable): Road {
  const send = ({ method, path, body, token }: Call, share: number) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    return app().inject({
      method,
      url: path,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: text.slice(0, Math.floor(text.length * share)) }),
    });
  };
  return {
    async call(call) {
      const answer = await send(call, 1);
      if (answer.headers['x-satchel-protocol'] === undefined) throw new SyncError('not_our_server');
      return {
        status: answer.statusCode,
        body: answer.body === '' ? null : (JSON.parse(answer.body) as unknown),
        bytes: answer.body.length,
      };
    },
    async callInPart(call) {
      await send(call, 0.5);
    },
    listen: () => () => undefined,
  };
}
