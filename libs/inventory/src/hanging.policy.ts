import { DomainError } from '#libs/kernel/src/errors.js';

const namesShown = 10;

/** Refuses to take away what others hang on, with the names of the first of them; `nameOf` is asked for no more than these. */
export const refuseFor = (
  what: string,
  count: number,
  others: Iterable<string>,
  nameOf: (other: string) => string,
): never => {
  const names: string[] = [];
  for (const other of others) {
    names.push(nameOf(other));
    if (names.length === namesShown) break;
  }
  const rest = count > namesShown ? ` and ${count - namesShown} more` : '';
  throw new DomainError(
    'illegal-state',
    `${count} ${count === 1 ? 'thing still hangs' : 'things still hang'} on ${what}: ${names.join(', ')}${rest}`,
  );
};
