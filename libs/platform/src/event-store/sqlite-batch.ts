// What the threads of the log say to each other.

/** Strings and numbers only: nothing else crosses threads as cheaply. */
export type Flat = (string | number | null)[];

/** How the first number of a batch's append says what it expects, beside a revision. */
export const expects = { noStream: -1, streamExists: -2, any: -3 } as const;

/** First of the three values that answer an append; the others are named behind it. */
export const outcome = {
  appended: 0 /* revision, position */,
  conflict: 1 /* actual, - */,
  failed: 2,
  unknown: 3,
  repeated: 4 /* as appended */,
} as const;

/** Values before the appends of a batch, before the events of an append, and of each event. */
export const batchWidth = 2;
export const headWidth = 4;
export const eventWidth = 4;

/** Where in a batch its appends begin. */
export const offsets = (batch: Flat): number[] => {
  const found: number[] = [];
  for (let at = batchWidth; at < batch.length; at += headWidth + (batch[at + 3] as number) * eventWidth)
    found.push(at);
  return found;
};
