// A person as an identity tells it: the same facts, in lists of the message's own.
import type { UserContext } from '../directory.ts';
import type { Identity } from './session.ts';

export function userOnWire(user: UserContext): Identity['user'] {
  const { below, reports, businessUnits, teams, roles, ...rest } = user;
  return {
    ...rest,
    businessUnits: [...businessUnits],
    teams: [...teams],
    roles: [...roles],
    ...(below === undefined ? {} : { below: [...below] }),
    ...(reports === undefined ? {} : { reports: [...reports] }),
  };
}
