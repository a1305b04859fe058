import type { Decider } from '#libs/kernel/src/decider.js';
import { DomainError, type ErrorCode } from '#libs/kernel/src/errors.js';
import type { Event } from '#libs/kernel/src/event.js';

/** `given(decider, ...past).when(command).yields(...events)`, `.yieldsNothing()` or `.refuses(code, words)`. */
export const given = <S, C, E extends Event>(decider: Decider<S, C, E>, ...past: readonly E[]) => ({
  state: () => past.reduce(decider.evolve, decider.initialState()),
  when: (command: C) => {
    const decide = () => decider.decide(command, past.reduce(decider.evolve, decider.initialState()));
    return {
      yields: (...events: readonly E[]) => expect(decide()).toEqual(events),
      yieldsNothing: () => expect(decide()).toEqual([]),
      refuses: (code: ErrorCode, words: RegExp = /./) => {
        const refusal = refusalOf(decide);
        expect(refusal.code).toBe(code);
        expect(refusal.message).toMatch(words);
      },
      events: decide,
    };
  },
});

const refusalOf = (decide: () => unknown): DomainError => {
  try {
    decide();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('the command was not refused');
};
