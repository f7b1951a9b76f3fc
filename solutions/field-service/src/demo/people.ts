// Who works at Northlight: units, teams and everybody who may sign in.
import type { Row } from '@satchel/model';
import type { Chance } from './chance.ts';
import { idOf, type DemoLogIn } from './demo-data.ts';

export interface Crew {
  readonly units: readonly Row[];
  readonly users: readonly Row[];
  readonly teams: readonly Row[];
  readonly members: readonly Row[];
  readonly logIns: readonly DemoLogIn[];
  readonly dispatcherIds: readonly string[];
  readonly teamByKey: ReadonlyMap<
    TeamKey,
    { readonly id: string; readonly technicianIds: readonly string[] }
  >;
}

export type TeamKey = 'climate' | 'lifts' | 'systems';

interface Person {
  readonly login: string;
  readonly name: string;
  readonly title: string;
  readonly role: string;
  readonly team?: TeamKey;
  readonly skills: readonly string[];
}

const technician = (
  login: string,
  name: string,
  team: TeamKey,
  skills: readonly string[],
  title = 'Service technician',
): Person => ({ login, name, title, role: 'technician', team, skills });

const people: readonly Person[] = [
  { login: 'sofia', name: 'Sofia Lindahl', title: 'Service manager', role: 'supervisor', skills: [] },
  { login: 'ada', name: 'Ada Brenner', title: 'Systems administrator', role: 'administrator', skills: [] },
  { login: 'dana', name: 'Dana Whitfield', title: 'Dispatcher', role: 'dispatcher', skills: [] },
  { login: 'omar', name: 'Omar Benali', title: 'Dispatcher', role: 'dispatcher', skills: [] },
  technician(
    'maya',
    'Maya Okonjo',
    'climate',
    ['electrical', 'refrigeration', 'ventilation'],
    'Senior technician',
  ),
  technician('jonas', 'Jonas Feld', 'climate', ['electrical', 'gas', 'ventilation']),
  technician('ruth', 'Ruth Salmi', 'climate', ['medical', 'refrigeration']),
  technician('tomas', 'Tomás Herrera', 'climate', ['electrical', 'gas']),
  technician('ilse', 'Ilse Vandenberg', 'lifts', ['electrical', 'lifts'], 'Senior technician'),
  technician('kofi', 'Kofi Adjei', 'lifts', ['electrical', 'hydraulics', 'lifts']),
  technician('bruno', 'Bruno Santoro', 'lifts', ['electrical', 'hydraulics']),
  technician('mei', 'Mei Tanaka', 'lifts', ['electrical', 'lifts']),
  technician('noor', 'Noor Rashid', 'systems', ['network', 'point_of_sale'], 'Senior technician'),
  technician('per', 'Per Nyström', 'systems', ['electrical', 'network']),
  technician('lena', 'Lena Hoffmann', 'systems', ['network', 'point_of_sale']),
  technician('amir', 'Amir Sharif', 'systems', ['electrical', 'network', 'point_of_sale']),
];

const teams: readonly { readonly key: TeamKey; readonly name: string; readonly unit: 'city' | 'valley' }[] = [
  { key: 'climate', name: 'Heating and cooling', unit: 'city' },
  { key: 'lifts', name: 'Lifts, pumps and doors', unit: 'city' },
  { key: 'systems', name: 'Tills and networks', unit: 'valley' },
];

/** The crew is the same people for every seed, so that a demo can be told by their names; only ids and telephone numbers differ. */
export function makeCrew(chance: Chance, nextId: () => string): Crew {
  const root = nextId();
  const units = { root, city: nextId(), valley: nextId() };
  const idByLogin = new Map(people.map((person) => [person.login, nextId()]));
  const userId = (login: string) => idByLogin.get(login) ?? root;
  const unitOf = (person: Person) => {
    const team = teams.find((each) => each.key === person.team);
    return team === undefined ? units.root : units[team.unit];
  };
  const users = people.map((person): Row => ({
    id: userId(person.login),
    name: person.name,
    login: person.login,
    email: `${person.login}@northlight.example`,
    phone: `+44 7700 900${chance.digits(3)}`,
    job_title: person.title,
    business_unit: unitOf(person),
    manager: person.login === 'sofia' ? null : userId('sofia'),
    active: true,
    skills: person.skills.length === 0 ? null : person.skills,
  }));
  const teamRows = teams.map((team): Row => ({
    id: nextId(),
    name: team.name,
    business_unit: units[team.unit],
    email: `${team.key}@northlight.example`,
    phone: `+44 1632 960${chance.digits(3)}`,
  }));
  const inTeam = (key: TeamKey) =>
    people.filter((person) => person.team === key).map((person) => userId(person.login));
  const office = ['sofia', 'dana', 'omar'].map(userId);
  const members = teams.flatMap((team, index) =>
    [...inTeam(team.key), ...office].map((user): Row => ({
      id: nextId(),
      team: idAt(teamRows, index),
      user,
    })),
  );
  return {
    units: [
      { id: units.root, name: 'Northlight Field Services', parent: null },
      { id: units.city, name: 'City and harbour', parent: units.root },
      { id: units.valley, name: 'Valley and airport', parent: units.root },
    ],
    users,
    teams: teamRows,
    members,
    logIns: people.map(({ login, name, role }) => ({ login, name, userId: userId(login), roles: [role] })),
    dispatcherIds: [userId('dana'), userId('omar')],
    teamByKey: new Map(
      teams.map((team, index) => [team.key, { id: idAt(teamRows, index), technicianIds: inTeam(team.key) }]),
    ),
  };
}

function idAt(rows: readonly Row[], index: number): string {
  const row = rows[index];
  if (row === undefined) throw new Error('no such row');
  return idOf(row);
}
