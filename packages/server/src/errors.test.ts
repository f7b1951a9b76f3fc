import { describe, expect, it } from 'vitest';
import { SyncError } from '@satchel/model';
import { loggedError, refusalOf } from './errors.ts';

const withCode = (code: string) => Object.assign(new Error('secret words'), { code });

describe('what is answered to a failure', () => {
  it('[HTTP-2] a failure of ours keeps its code, status and facts', () => {
    expect(refusalOf(new SyncError('bundle_outdated', { bundle: 'b' }), 'ref')).toEqual({
      status: 409,
      problem: { code: 'bundle_outdated', detail: { bundle: 'b' } },
      isUnforeseen: false,
    });
  });

  it('[HTTP-2] what may pass is unavailable, with patience; what nobody foresaw is a server error with a reference and no words of its own', () => {
    for (const code of ['40001', '40P01', '55P03', '57014', 'ECONNREFUSED'])
      expect(refusalOf(withCode(code), 'ref')).toMatchObject({
        status: 503,
        problem: { code: 'unavailable', reference: 'ref' },
      });
    expect(refusalOf(withCode('ERR_STREAM_PREMATURE_CLOSE'), 'ref').isUnforeseen).toBe(false);
    const refusal = refusalOf(new Error('secret words'), 'ref');
    expect(refusal).toMatchObject({
      status: 500,
      problem: { code: 'server_error', reference: 'ref' },
      isUnforeseen: true,
    });
    expect(JSON.stringify(refusal)).not.toContain('secret');
  });

  it('[HTTP-2] statuses of the framework become our codes', () => {
    const of = (statusCode: number) =>
      refusalOf(Object.assign(new Error(), { statusCode }), 'ref').problem.code;
    expect([413, 429, 404, 400, 415].map(of)).toEqual([
      'too_large',
      'too_many_requests',
      'not_found',
      'bad_request',
      'bad_request',
    ]);
  });

  it('[HTTP-11] the log gets type, code, message and stack of an error, and never the connection that it bears', () => {
    const failure = Object.assign(withCode('57P01'), { client: { password: 'hunter2' }, severity: 'FATAL' });
    const logged = loggedError(new SyncError('unavailable', {}, { cause: failure }));
    expect(Object.keys(logged)).toEqual(['type', 'code', 'message', 'stack']);
    expect(logged).toMatchObject({ type: 'SyncError', code: 'unavailable' });
    expect(logged.stack).toContain('caused by: Error: secret words');
    expect(JSON.stringify(logged)).not.toContain('hunter2');
    expect(loggedError('a text')).toEqual({ type: 'string', code: null, message: 'a text', stack: '' });
  });
});
