import { DomainError } from '#libs/kernel/src/errors.js';
import type { Exchange } from '../http/exchange.js';

/** What a body refers to by this member: `not-found`, naming the member, when the caller sees no such thing. */
export const referred = <Row extends { readonly project_id: string }>(
  exchange: Exchange,
  row: Row | undefined,
  member: string,
): Row => {
  const { scope } = exchange;
  if (row && (scope === undefined || row.project_id === scope)) return row;
  const message = `names no ${member.replace(/_id$/, '')} there is`;
  throw new DomainError('not-found', `${member} ${message}`, { violations: [{ member, message }] });
};

/** Undefined for what is in another region. */
export const inRegion = <Row extends { readonly region_id: string }>(
  row: Row | undefined,
  regionId: string,
): Row | undefined => (row?.region_id === regionId ? row : undefined);

/** For members that follow from others and may be sent along: then they must agree. */
export const demandSame = (
  member: string,
  given: string | undefined,
  actual: string,
  whose: string,
): void => {
  if (given === undefined || given === actual) return;
  const message = `must be that of the ${whose}`;
  throw new DomainError('validation-failed', `${member} ${message}`, { violations: [{ member, message }] });
};
