import type { Event } from './event.js';

/**
 * A pure state machine over one stream. `decide` refuses with a `DomainError`, answers `[]` when it is done already, and
 * never changes the state it is given; `evolve` never throws and may change that state in place, since its caller owns it.
 */
export interface Decider<State, Command, E extends Event> {
  /** Stream category: camelCase, no dash, since `<category>-<id>` is split at the first dash. */
  readonly category: string;
  readonly initialState: () => State;
  readonly decide: (command: Command, state: State) => readonly E[];
  readonly evolve: (state: State, event: E) => State;
  /** For a stream that holds many things: which of them the event is about. Without it, the stream itself is the subject. */
  readonly subject?: (event: E) => string;
}

/** What each event does to a state that is changed in place; exhaustive, for streams with too many events for one switch. */
export type Evolvers<State, E extends Event> = {
  readonly [T in E['type']]: (state: State, data: Extract<E, { type: T }>['data']) => void;
};

export const evolveInPlace =
  <State, E extends Event>(evolvers: Evolvers<State, E>) =>
  (state: State, event: E): State => {
    const evolver = evolvers[event.type as E['type']] as (state: State, data: object) => void;
    evolver(state, event.data);
    return state;
  };
