// The same for tills, networks and power: see equipment.ts.
import { climateKinds, machineKinds, type EquipmentKind } from './equipment.ts';

const systemKinds: readonly EquipmentKind[] = [
  {
    name: 'Point-of-sale terminal',
    category: 'Point of sale',
    team: 'systems',
    skills: ['network', 'point_of_sale'],
    models: [
      ['Tallyworks', 'T7'],
      ['Tallyworks', 'T9'],
      ['Countera', 'One'],
    ],
    price: 1_150,
    symptoms: [
      'freezes when a card is presented',
      'prints blank receipts',
      'shows the wrong date and refuses to open the shift',
      'does not read the scanner',
      'restarts by itself around noon',
    ],
    causes: [
      'a receipt roll put in upside down',
      'a flat clock battery',
      'a chewed scanner cable',
      'an update that had not finished',
    ],
    fixes: [
      'Showed the staff how the roll goes in and printed a test',
      'Changed the clock battery and set the time from the server',
      'Replaced the scanner cable',
      'Finished the update by hand and ran three test sales',
    ],
    parts: [
      ['Clock battery CR2032', 2.4],
      ['Scanner cable 2 m', 21],
      ['Receipt printer head', 118],
      ['Power adapter 24 V', 46.3],
    ],
    checks: ['Run a test sale', 'Check software version', 'Clean printer head'],
  },
  {
    name: 'Network switch',
    category: 'Network',
    team: 'systems',
    skills: ['network'],
    models: [
      ['Lumen & Pike', 'S24'],
      ['Lumen & Pike', 'S48'],
    ],
    price: 880,
    symptoms: [
      'drops the tills on ports 9 to 16',
      'went dark after the power cut',
      'floods the line so that telephones crackle',
      'cannot be reached from the office',
    ],
    causes: [
      'a failed power supply',
      'a loop at a meeting room socket',
      'a full forwarding table',
      'a fan that had stopped',
    ],
    fixes: [
      'Swapped the power supply and labelled the feed',
      'Found and removed the loop; turned on loop protection',
      'Loaded the current firmware and restored the configuration',
      'Replaced the fan tray, temperature back to 41 degrees',
    ],
    parts: [
      ['Switch power supply', 156],
      ['Fan tray', 64],
      ['Patch cable 3 m', 4.1],
      ['Fibre transceiver', 37.8],
    ],
    checks: ['Read error counters', 'Back up configuration', 'Check uplink level'],
  },
  {
    name: 'Wireless access point',
    category: 'Network',
    team: 'systems',
    skills: ['network'],
    models: [
      ['Lumen & Pike', 'Halo 2'],
      ['Wavecroft', 'W6'],
    ],
    price: 340,
    symptoms: [
      'lets hand scanners drop between aisles',
      'blinks amber and shows no network',
      'is slow since the new racking went up',
    ],
    causes: ['the wrong channel beside a neighbour', 'a water-damaged cable', 'a mount turned to the wall'],
    fixes: [
      'Moved it to a free channel and walked the aisles with a meter',
      'Pulled a new cable and sealed the gland',
      'Remounted it two metres higher',
    ],
    parts: [
      ['Outdoor cable gland', 6.9],
      ['Ceiling mount', 12.5],
      ['Network cable Cat 6, per metre', 1.2],
    ],
    checks: ['Measure signal in every aisle', 'Check channel plan'],
  },
  {
    name: 'Power back-up',
    category: 'Power',
    team: 'systems',
    skills: ['electrical', 'network'],
    models: [
      ['Stillwater', 'U1500'],
      ['Stillwater', 'U3000'],
    ],
    price: 1_480,
    symptoms: [
      'beeps every thirty seconds',
      'held for only two minutes in the last outage',
      'reports an overload at lunch time',
      'smells hot',
    ],
    causes: [
      'batteries at the end of their life',
      'a heater plugged into the protected circuit',
      'a blocked intake',
    ],
    fixes: [
      'Replaced the battery pack and ran a discharge test: 18 minutes',
      'Moved the heater to the house circuit and marked the sockets',
      'Cleaned the intake and freed the fan',
    ],
    parts: [
      ['Battery pack 4 x 9 Ah', 189],
      ['Cooling fan 80 mm', 17.6],
    ],
    checks: ['Discharge test', 'Read event log', 'Check load on each outlet'],
  },
];

/** Everything that Northlight looks after. */
export const equipmentKinds: readonly EquipmentKind[] = [...climateKinds, ...machineKinds, ...systemKinds];
