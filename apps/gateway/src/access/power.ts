import type { Power } from '#libs/access/src/access.policy.js';
import type { UserRow } from '#projections/access/access.queries.js';

export const powerOf = ({ roles, variable_prefixes: variablePrefixes }: UserRow): Power => ({
  roles,
  variablePrefixes,
});
