import { DomainError } from '#libs/kernel/src/errors.js';
import type { Dependents } from '#projections/inventory/inventory.queries.js';
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

const listed = ({ kind, count, names }: Dependents): string =>
  `${kind}${count === 1 ? '' : 's'} ${names.join(', ')}${count > names.length ? ' and more' : ''}`;

/** A refusal because of what hangs on a thing, with the names of the first few. */
export const naming =
  (dependents: () => readonly Dependents[]) =>
  (error: unknown): never => {
    if (!(error instanceof DomainError) || error.code !== 'illegal-state') throw error;
    const names = dependents().map(listed).join('; ');
    throw names === ''
      ? error
      : new DomainError('illegal-state', `${error.message}: ${names}`, { cause: error });
  };
