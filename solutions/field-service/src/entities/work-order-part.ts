// What was used up on a work order: quantity to a hundredth (hose, refrigerant, cable are not counted in pieces) and the price at the time.
import { defineEntity } from '@satchel/model';
import type { SolutionPart } from './part.ts';

const entity = defineEntity({
  name: 'work_order_part',
  label: 'Part used',
  labelPlural: 'Parts used',
  icon: 'package-minus',
  ownership: 'organisation',
  titleField: 'description',
  fields: {
    description: { type: 'text', label: 'Part', required: true, maxLength: 160, searchable: true },
    work_order: {
      type: 'lookup',
      label: 'Work order',
      to: ['work_order'],
      required: true,
      indexed: true,
      onDelete: 'cascade',
    },
    product: { type: 'lookup', label: 'Product', to: ['product'] },
    quantity: { type: 'decimal', label: 'Quantity', required: true, scale: 2, min: 0, default: 100 },
    unit_price: { type: 'money', label: 'Price each', scale: 2, currency: 'EUR', min: 0 },
    serial: { type: 'text', label: 'Serial number', maxLength: 60 },
    under_warranty: { type: 'boolean', label: 'Under warranty', default: false },
  },
  fieldGroups: [['product', 'unit_price']],
  guards: [
    {
      name: 'order_closed',
      when: "record.work_order.status == 'closed'",
      refuses: ['*'],
      message: 'The work order of this part is closed. Write a note on the order instead.',
    },
  ],
});

export const workOrderPart: SolutionPart = {
  entity,
  views: [
    {
      name: 'all',
      entity: 'work_order_part',
      label: 'Parts used',
      order: [{ field: 'description' }],
      columns: ['description', 'quantity', 'unit_price', 'work_order'],
      isDefault: true,
    },
    {
      name: 'warranty',
      entity: 'work_order_part',
      label: 'Under warranty',
      where: 'record.under_warranty == true',
      order: [{ field: 'description' }],
      columns: ['description', 'quantity', 'work_order'],
    },
  ],
  form: {
    entity: 'work_order_part',
    sections: [
      { label: 'Part', fields: ['description', 'product', 'work_order'] },
      { label: 'Used', fields: ['quantity', 'unit_price', 'serial', 'under_warranty'] },
    ],
    related: [],
  },
  commands: [],
};
