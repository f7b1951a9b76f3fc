import { wire } from '@satchel/model';
import { expect, it } from 'vitest';
import { spokenFor } from './protocol.ts';

it('[UPDATE-5] a device is answered in its own version while that is spoken; too old and too new are told apart', () => {
  const range = { oldest: 2, newest: 4 };
  expect(['2', '3', '4', undefined].map((asked) => spokenFor(asked, range))).toEqual([
    { version: 2, refusal: null },
    { version: 3, refusal: null },
    { version: 4, refusal: null },
    { version: 4, refusal: null },
  ]);
  expect(spokenFor('1', range)).toEqual({ version: 4, refusal: 'app_too_old' });
  expect(spokenFor('5', range)).toEqual({ version: 4, refusal: 'server_too_old' });
  expect(spokenFor('nonsense', range)).toEqual({ version: 4, refusal: null });
  expect(spokenFor(String(wire.protocolVersion))).toEqual({ version: wire.protocolVersion, refusal: null });
});
