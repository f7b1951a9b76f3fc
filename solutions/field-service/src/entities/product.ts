// The catalogue: equipment that is installed and parts that are used up. Technicians read it, the office keeps it.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

const entity = defineEntity({
  name: 'product',
  label: 'Product',
  labelPlural: 'Products',
  icon: 'package',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name', required: true, maxLength: 120, searchable: true, indexed: true },
    code: { type: 'text', label: 'Code', required: true, maxLength: 40, unique: true, searchable: true },
    kind: {
      type: 'choice',
      label: 'Kind',
      required: true,
      default: 'part',
      indexed: true,
      choices: [
        { value: 'equipment', label: 'Equipment', tone: 'info' },
        { value: 'part', label: 'Part', tone: 'neutral' },
        { value: 'consumable', label: 'Consumable', tone: 'neutral' },
      ],
    },
    maker: { type: 'text', label: 'Maker', maxLength: 80, searchable: true },
    unit_price: { type: 'money', label: 'Price', scale: 2, currency: 'EUR', min: 0 },
    weight_kg: { type: 'decimal', label: 'Weight (kg)', scale: 2, min: 0 },
    data_sheet: { type: 'url', label: 'Data sheet' },
    active: { type: 'boolean', label: 'On sale', default: true },
  },
});

export const product: SolutionPart = {
  entity,
  views: [
    {
      name: 'parts',
      entity: 'product',
      label: 'Parts',
      where: "record.kind != 'equipment' && record.active == true",
      order: [{ field: 'name' }],
      columns: ['name', 'code', 'unit_price'],
      isDefault: true,
    },
    {
      name: 'equipment',
      entity: 'product',
      label: 'Equipment',
      where: "record.kind == 'equipment'",
      order: [{ field: 'name' }],
      columns: ['name', 'maker', 'code'],
    },
    {
      name: 'all',
      entity: 'product',
      label: 'All products',
      order: [{ field: 'name' }],
      columns: ['name', 'kind', 'code', 'unit_price'],
    },
  ],
  form: {
    entity: 'product',
    sections: [
      { label: 'Product', fields: ['name', 'code', 'kind', 'maker', 'active'] },
      { label: 'Details', fields: ['unit_price', 'weight_kg', 'data_sheet'] },
    ],
    related: [
      {
        label: 'Installed',
        entity: 'asset',
        via: 'product',
        columns: ['name', 'account', 'status'],
        order: [{ field: 'name' }],
      },
    ],
  },
  commands: [],
};
