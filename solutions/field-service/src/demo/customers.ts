// Accounts, the people there, the catalogue and what is installed where.
import type { Row } from '@satchel/model';
import type { Chance } from './chance.ts';
import { idOf } from './demo-data.ts';
import type { EquipmentKind } from './equipment.ts';
import { equipmentKinds } from './equipment-systems.ts';
import { familyNames, firmKinds, firmRoots, givenNames, streets, towns } from './names.ts';
import { day, dayMs } from './times.ts';

export interface Site {
  readonly account: Row;
  readonly contacts: readonly Row[];
  readonly assets: readonly { readonly row: Row; readonly kind: EquipmentKind }[];
  readonly places: readonly string[];
}

export interface Customers {
  readonly products: readonly Row[];
  readonly partsByKind: ReadonlyMap<string, readonly Row[]>;
  readonly sites: readonly Site[];
}

export interface CustomerCounts {
  readonly accounts: number;
  readonly contacts: number;
  readonly assets: number;
  readonly products: number;
}

export function makeCustomers(
  chance: Chance,
  nextId: () => string,
  nowMs: number,
  counts: CustomerCounts,
): Customers {
  const catalogue = makeCatalogue(chance, nextId, counts.products);
  const firms = chance.some(
    firmRoots.flatMap((root) =>
      firmKinds.flatMap((kind) => kind.names.map((name) => ({ root, kind, name }))),
    ),
    counts.accounts,
  );
  const serials = new Set<string>();
  const sites = firms.map((firm, index): Site => {
    const account = makeAccount(chance, nextId, `${firm.root} ${firm.name}`, firm.kind.kind);
    const contacts = Array.from({ length: shareOf(counts.contacts, index, firms.length) }, () =>
      makeContact(chance, nextId, account, firm.kind.titles),
    );
    const assets = Array.from({ length: shareOf(counts.assets, index, firms.length) }, () => {
      const kind = chance.pick(equipmentKinds);
      const row = makeAsset(chance, nextId, nowMs, {
        account,
        kind,
        serials,
        places: firm.kind.places,
        ...catalogue,
      });
      return { row, kind };
    });
    return { account, contacts, assets, places: firm.kind.places };
  });
  return { products: catalogue.products, partsByKind: catalogue.partsByKind, sites };
}

/** Whole shares that add up to the total, as even as can be. */
function shareOf(total: number, index: number, among: number): number {
  return Math.floor(((index + 1) * total) / among) - Math.floor((index * total) / among);
}

interface Catalogue {
  readonly products: readonly Row[];
  readonly partsByKind: ReadonlyMap<string, readonly Row[]>;
  readonly productByModel: ReadonlyMap<string, Row>;
}

/** Every part and every model there is, then consumables until the count is reached. */
function makeCatalogue(chance: Chance, nextId: () => string, count: number): Catalogue {
  const product = (name: string, kind: string, maker: string | null, price: number, kg: number): Row => {
    const code = `${kind.slice(0, 1).toUpperCase()}-${chance.digits(6)}`;
    const unit_price = Math.round(price * 100);
    const data_sheet = maker === null ? null : `https://docs.northlight.example/${code.toLowerCase()}`;
    return { id: nextId(), name, code, kind, maker, unit_price, weight_kg: kg, data_sheet, active: true };
  };
  const productByModel = new Map<string, Row>();
  const partsByKind = new Map<string, readonly Row[]>();
  for (const kind of equipmentKinds) {
    for (const [maker, model] of kind.models) {
      const price = kind.price * (0.9 + chance.fraction() / 5);
      productByModel.set(
        model,
        product(`${maker} ${model}`, 'equipment', maker, price, chance.whole(200, 90_000)),
      );
    }
    partsByKind.set(
      kind.name,
      kind.parts.map(([name, price]) => product(name, 'part', null, price, chance.whole(2, 900))),
    );
  }
  const made = [...productByModel.values(), ...[...partsByKind.values()].flat()];
  const consumables = [
    'Cable ties, 100',
    'Cleaning fluid, litre',
    'Terminal block',
    'Grease cartridge',
    'Insulating tape',
    'Wall plug set',
  ]
    .slice(0, Math.max(0, count - made.length))
    .map((name) => product(name, 'consumable', null, chance.whole(2, 18), chance.whole(5, 120)));
  const products = [...made, ...consumables].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  return { products, partsByKind, productByModel };
}

function makeAccount(chance: Chance, nextId: () => string, name: string, kind: string): Row {
  const [city, code] = chance.pick(towns);
  const domain = `${slug(name)}.example`;
  return {
    id: nextId(),
    name,
    kind,
    status: chance.weighted([
      ['active', 92],
      ['on_stop', 3],
      ['former', 5],
    ]),
    service_level: chance.weighted([
      ['standard', 60],
      ['extended', 28],
      ['critical', kind === 'health' ? 40 : 8],
    ]),
    phone: `+44 1632 960${chance.digits(3)}`,
    email: `service@${domain}`,
    website: `https://www.${domain}`,
    street: `${chance.whole(1, 180)} ${chance.pick(streets)}`,
    city,
    postcode: `${code}${chance.whole(1, 19)} ${chance.whole(1, 9)}${chance.pick(['AB', 'DT', 'LN', 'RW', 'XE'])}`,
    access_notes: chance.isTrue(0.45) ? chance.pick(accessNotes) : null,
    contract_value: chance.isTrue(0.7) ? chance.whole(12, 480) * 10_000 : null,
  };
}

const accessNotes = [
  'Deliveries by the back lane until ten; after that ask the front desk.',
  'Plant room key is with security. Sign the book.',
  'Park in bay 7 and leave the permit on the dashboard.',
  'Ring the bell twice. The alarm must be set again on leaving.',
  'No work in the kitchen between 11:30 and 14:30.',
  'The goods lift needs a card; reception lends one.',
  'Hard hat and high-visibility vest in the yard.',
] as const;

function makeContact(chance: Chance, nextId: () => string, account: Row, titles: readonly string[]): Row {
  const given = chance.pick(givenNames);
  const family = chance.pick(familyNames);
  return {
    id: nextId(),
    name: `${given} ${family}`,
    account: idOf(account),
    job_title: chance.pick(titles),
    phone: String(account['phone']),
    mobile: chance.isTrue(0.7) ? `+44 7700 900${chance.digits(3)}` : null,
    email: `${slug(given)}.${slug(family)}@${String(account['email']).split('@')[1]}`,
    prefers: chance.weighted([
      ['phone', 6],
      ['email', 3],
      ['text', 2],
    ]),
    active: chance.isTrue(0.95),
  };
}

function makeAsset(
  chance: Chance,
  nextId: () => string,
  nowMs: number,
  given: {
    readonly account: Row;
    readonly kind: EquipmentKind;
    readonly places: readonly string[];
    readonly serials: Set<string>;
    readonly productByModel: ReadonlyMap<string, Row>;
  },
): Row {
  const [maker, model] = chance.pick(given.kind.models);
  const product = given.productByModel.get(model);
  let serial = '';
  do serial = `${maker.slice(0, 2).toUpperCase()}${chance.digits(7)}`;
  while (given.serials.has(serial));
  given.serials.add(serial);
  const installed = nowMs - chance.whole(60, 4_000) * dayMs;
  const served = Math.max(installed, nowMs - chance.whole(5, 420) * dayMs);
  const location = chance.pick(given.places);
  return {
    id: nextId(),
    name: `${given.kind.name}, ${location.replace(/^the /, '')}`,
    serial,
    model: `${maker} ${model}`,
    product: product === undefined ? null : idOf(product),
    account: idOf(given.account),
    location,
    status: chance.weighted([
      ['in_service', 86],
      ['impaired', 6],
      ['down', 3],
      ['retired', 5],
    ]),
    installed_on: day(installed),
    last_service: day(served),
    next_service: day(served + 365 * dayMs),
    meter_reading: chance.whole(100, 60_000),
  };
}

/** Lower-case letters and digits only, accents taken off. */
function slug(text: string): string {
  return text
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}
