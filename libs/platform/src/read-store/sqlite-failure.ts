/** SQLite's primary result codes that this room tells apart. */
const codes = {
  full: 13,
  io: 10,
  cannotOpen: 14,
  readOnly: 8,
  corrupt: 11,
  notADatabase: 26,
  constraint: 19,
} as const;

const codeOf = (error: unknown): number | undefined => {
  const { errcode } = error as { readonly errcode?: unknown };
  // The upper bytes say more precisely what the lowest one says.
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
};

export const isSqlite = (error: unknown): boolean => codeOf(error) !== undefined;

const isOneOf = (error: unknown, ...wanted: readonly number[]): boolean =>
  wanted.includes(codeOf(error) ?? 0);

/** The file is there, but what is in it makes no sense: it has to be built again. */
export const isDamage = (error: unknown): boolean => isOneOf(error, codes.corrupt, codes.notADatabase);

/** It is no SQLite file: somebody else's, or overwritten. */
export const isForeign = (error: unknown): boolean => isOneOf(error, codes.notADatabase);

/** The machine's fault, not the file's: it may pass. */
export const isTrouble = (error: unknown): boolean =>
  isOneOf(error, codes.full, codes.io, codes.cannotOpen, codes.readOnly);

/** A row that its table does not allow: the fault of whoever wrote the projection. */
export const isConstraint = (error: unknown): boolean => isOneOf(error, codes.constraint);

/** In words that an operator can act on. */
export const describe = (error: unknown): string => {
  const { message } = error as Error;
  return isOneOf(error, codes.full) ? `the disk of the read models is full (${message})` : message;
};
