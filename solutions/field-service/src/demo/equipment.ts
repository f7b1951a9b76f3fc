// What breaks, how it shows, why, and what helps: the words that demo incidents and work orders are made of. Makers and models are invented.

export interface EquipmentKind {
  readonly name: string;
  readonly category: string;
  readonly team: 'climate' | 'lifts' | 'systems';
  readonly skills: readonly string[];
  /** Maker and model. */
  readonly models: readonly (readonly [string, string])[];
  /** In euro. */
  readonly price: number;
  readonly symptoms: readonly string[];
  readonly causes: readonly string[];
  /** As a sentence begins: what was done. */
  readonly fixes: readonly string[];
  readonly parts: readonly (readonly [string, number])[];
  readonly checks: readonly string[];
}

export const climateKinds: readonly EquipmentKind[] = [
  {
    name: 'Rooftop unit',
    category: 'Ventilation',
    team: 'climate',
    skills: ['electrical', 'ventilation'],
    models: [
      ['Norvane', 'RT-40'],
      ['Norvane', 'RT-65'],
      ['Aerolis', 'Summit 12'],
    ],
    price: 11_400,
    symptoms: [
      'blows warm air on the shop floor',
      'trips its breaker every morning',
      'rattles since the storm',
      'shows fault E14 and will not start',
      'runs through the night although it is off on the schedule',
    ],
    causes: [
      'a worn fan belt',
      'a clogged return filter',
      'a failed condenser fan motor',
      'a loose neutral at the isolator',
    ],
    fixes: [
      'Fitted a new belt and set the tension',
      'Changed the filters and washed the coil',
      'Replaced the condenser fan motor and checked the current on all phases',
      'Tightened the terminals and reset the fault log',
    ],
    parts: [
      ['Fan belt A42', 14.8],
      ['Pleated filter 592 x 592', 22.5],
      ['Condenser fan motor 0.55 kW', 286],
      ['Contactor 25 A', 41.9],
    ],
    checks: ['Measure supply and return temperature', 'Inspect belt and bearings', 'Change filters'],
  },
  {
    name: 'Cold room',
    category: 'Refrigeration',
    team: 'climate',
    skills: ['electrical', 'refrigeration'],
    models: [
      ['Frostwell', 'CR-8'],
      ['Frostwell', 'CR-14'],
    ],
    price: 8_900,
    symptoms: [
      'is at 9 degrees and rising',
      'has ice on the evaporator up to the guard',
      'alarms for high temperature since 05:40',
      'has a door that no longer seals at the bottom',
    ],
    causes: [
      'a stuck defrost timer',
      'low refrigerant from a leaking flare nut',
      'a torn door gasket',
      'an evaporator fan that had seized',
    ],
    fixes: [
      'Replaced the defrost timer and watched one full cycle',
      'Remade the flare, pressure-tested and recharged',
      'Fitted a new gasket and adjusted the hinges',
      'Exchanged the evaporator fan; pulled down to 3 degrees in 50 minutes',
    ],
    parts: [
      ['Defrost timer', 63.4],
      ['Door gasket, per metre', 18.2],
      ['Evaporator fan 230 V', 97.5],
      ['Refrigerant R-448A, per kg', 34],
    ],
    checks: ['Log room temperature', 'Leak test', 'Check door heater and gasket'],
  },
  {
    name: 'Medical fridge',
    category: 'Refrigeration',
    team: 'climate',
    skills: ['medical', 'refrigeration'],
    models: [
      ['Carelia', 'Vial 300'],
      ['Carelia', 'Vial 500'],
    ],
    price: 3_250,
    symptoms: [
      'drifts between 1 and 10 degrees',
      'sounds the door alarm with the door shut',
      'lost its temperature record after the power cut',
      'does not answer the monitoring system',
    ],
    causes: [
      'a probe out of calibration',
      'a broken door switch',
      'a flat back-up battery',
      'a blocked drain',
    ],
    fixes: [
      'Calibrated the probe against the reference thermometer and issued a certificate',
      'Replaced the door switch and tested the alarm with the ward sister',
      'Changed the back-up battery and restored the record from the card',
      'Cleared the drain and dried the tray; 4.1 degrees and steady',
    ],
    parts: [
      ['Temperature probe PT100', 58.9],
      ['Door switch, medical', 27.3],
      ['Back-up battery 12 V', 39.6],
    ],
    checks: ['Compare probe with reference', 'Test high and low alarm', 'Download temperature record'],
  },
  {
    name: 'Boiler',
    category: 'Heating',
    team: 'climate',
    skills: ['electrical', 'gas'],
    models: [
      ['Hearthmore', 'Condens 90'],
      ['Hearthmore', 'Condens 150'],
    ],
    price: 7_600,
    symptoms: [
      'locks out on ignition after the third try',
      'loses pressure overnight',
      'heats only the ground floor',
      'bangs when it starts',
    ],
    causes: [
      'a cracked ignition electrode',
      'a weeping relief valve',
      'a seized circulation pump',
      'air in the upper circuit',
    ],
    fixes: [
      'Replaced the electrode and set the gap; ten clean starts',
      'Changed the relief valve and brought the system back to 1.8 bar',
      'Freed and then replaced the circulation pump',
      'Bled the upper circuit and balanced the manifold',
    ],
    parts: [
      ['Ignition electrode', 32.7],
      ['Relief valve 3 bar', 24.1],
      ['Circulation pump 25-60', 178],
    ],
    checks: ['Combustion analysis', 'Check system pressure', 'Test safety cut-out'],
  },
];

export const machineKinds: readonly EquipmentKind[] = [
  {
    name: 'Passenger lift',
    category: 'Lifts',
    team: 'lifts',
    skills: ['electrical', 'lifts'],
    models: [
      ['Verta', 'P6'],
      ['Verta', 'P10'],
      ['Ascendia', 'Quiet 8'],
    ],
    price: 42_000,
    symptoms: [
      'stops between floors 2 and 3, nobody inside',
      'does not level at the ground floor',
      'reopens its doors again and again',
      'has a dead emergency phone',
      'makes a grinding noise going down',
    ],
    causes: [
      'a dirty door light curtain',
      'a worn levelling switch',
      'a failed door operator belt',
      'dry guide shoes',
    ],
    fixes: [
      'Cleaned and aligned the light curtain',
      'Replaced the levelling switch; stops within 4 mm on all floors',
      'Fitted a new door operator belt and ran forty cycles',
      'Greased the guide shoes and checked the rope tension',
    ],
    parts: [
      ['Levelling switch', 76],
      ['Door operator belt', 48.5],
      ['Guide shoe insert', 19.9],
      ['Emergency phone module', 212],
    ],
    checks: ['Test emergency phone', 'Measure levelling on each floor', 'Inspect ropes and brake'],
  },
  {
    name: 'Booster pump',
    category: 'Pumps',
    team: 'lifts',
    skills: ['electrical', 'hydraulics'],
    models: [
      ['Tidewater', 'B-22'],
      ['Tidewater', 'B-45'],
      ['Rillford', 'Duo 3'],
    ],
    price: 5_300,
    symptoms: [
      'starts and stops every few seconds',
      'leaks at the shaft onto the plant room floor',
      'gives no pressure on the top floors',
      'hums but does not turn',
    ],
    causes: [
      'a lost air charge in the pressure vessel',
      'a worn mechanical seal',
      'a blocked suction strainer',
      'a burnt start capacitor',
    ],
    fixes: [
      'Recharged the vessel to 2.6 bar and set the switch points',
      'Replaced the mechanical seal and aligned the coupling',
      'Cleaned the strainer; pressure on the top floor is back at 3 bar',
      'Changed the capacitor and measured the windings',
    ],
    parts: [
      ['Mechanical seal 22 mm', 68.4],
      ['Start capacitor 40 uF', 16.2],
      ['Pressure switch 1-6 bar', 44.7],
      ['Reinforced hose, per metre', 9.8],
    ],
    checks: ['Read suction and discharge pressure', 'Check vessel charge', 'Look for leaks at the seal'],
  },
  {
    name: 'Automatic door',
    category: 'Doors',
    team: 'lifts',
    skills: ['electrical'],
    models: [
      ['Portalin', 'Slide 2'],
      ['Portalin', 'Swing 1'],
    ],
    price: 2_900,
    symptoms: [
      'stays open and lets the cold in',
      'closes on people',
      'opens only half way',
      'cannot be locked in the evening',
    ],
    causes: [
      'a sensor knocked out of line',
      'a broken carriage wheel',
      'grit in the floor track',
      'a bent lock bolt',
    ],
    fixes: [
      'Aligned both sensors and tested with the walk test',
      'Replaced the carriage wheels',
      'Cleaned the track and adjusted the closing force',
      'Straightened and greased the bolt; locks by key and by timer',
    ],
    parts: [
      ['Activation sensor', 134],
      ['Carriage wheel set', 52.6],
      ['Lock bolt', 31.5],
    ],
    checks: ['Walk test of both sensors', 'Measure closing force', 'Test emergency opening'],
  },
];
