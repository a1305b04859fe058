import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the condition holds; fails with the words given once the time is over. */
export const until = async (
  condition: () => boolean | Promise<boolean>,
  ms = 30_000,
  words: () => string = () => 'it did not happen',
): Promise<void> => {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`after ${ms} ms: ${words()}`);
    await sleep(10);
  }
};
