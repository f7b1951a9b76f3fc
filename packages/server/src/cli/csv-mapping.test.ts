import { describe, expect, it } from 'vitest';
import { defineEntity } from '@satchel/model';
import { guessMapping, readCsvRow, readMapping, recordIdOf } from './csv-mapping.ts';

const asset = defineEntity({
  name: 'asset',
  label: 'Asset',
  labelPlural: 'Assets',
  icon: 'box',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true },
    price: { type: 'money', label: 'Price', scale: 2, currency: 'EUR' },
    seen: { type: 'dateTime', label: 'Last seen' },
    works: { type: 'boolean', label: 'Works' },
    account: { type: 'lookup', label: 'Account', to: ['account'] },
    state: { type: 'choice', label: 'State', choices: [{ value: 'in_use', label: 'In use' }] },
  },
});

describe('csv to records', () => {
  it('[CLI-1] columns fill the fields they are mapped to, or are named like', () => {
    expect(readMapping('name=Asset Name, price=Cost', asset)).toEqual({ name: 'Asset Name', price: 'Cost' });
    expect(readMapping('colour=Colour', asset)).toHaveProperty('usage');
    expect(readMapping('name', asset)).toHaveProperty('usage');
    expect(guessMapping(asset, ['NAME', 'Last seen', 'other', 'id'])).toEqual({
      id: 'id',
      name: 'NAME',
      seen: 'Last seen',
    });
  });

  it('[CLI-1] texts become values of the field’s type', () => {
    const mapping = { id: 'key', name: 'n', price: 'p', seen: 's', works: 'w', account: 'a', state: 'z' };
    const line = {
      key: 'A-1',
      n: ' Pump ',
      p: '12.5',
      s: '2026-03-01 08:30',
      w: 'yes',
      a: 'ACME',
      z: 'In use',
    };
    expect(readCsvRow(asset, mapping, line)).toEqual({
      kind: 'record',
      record: {
        id: recordIdOf('asset', 'A-1'),
        values: {
          name: 'Pump',
          price: 1250,
          seen: '2026-03-01T08:30:00.000Z',
          works: true,
          account: recordIdOf('account', 'ACME'),
          state: 'in_use',
        },
      },
    });
  });

  it('[CLI-2] what does not fit is told by field, code and text', () => {
    const row = readCsvRow(
      asset,
      { name: 'n', price: 'p', seen: 's', state: 'z' },
      { n: '', p: 'much', s: '30/2/2026', z: 'Lost' },
    );
    expect(row).toEqual({
      kind: 'faults',
      faults: [
        { field: 'name', code: 'required', text: '' },
        { field: 'price', code: 'wrong_type', text: 'much' },
        { field: 'seen', code: 'wrong_type', text: '30/2/2026' },
        { field: 'state', code: 'not_a_choice', text: 'Lost' },
      ],
    });
  });

  it('[CLI-3] the same key always gives the same id, and a UUID is kept', () => {
    expect(recordIdOf('asset', 'A-1')).toBe(recordIdOf('asset', 'A-1'));
    expect(recordIdOf('asset', 'A-1')).not.toBe(recordIdOf('account', 'A-1'));
    expect(recordIdOf('asset', '01900000-0000-7000-8000-00000000000A')).toBe(
      '01900000-0000-7000-8000-00000000000a',
    );
  });
});
