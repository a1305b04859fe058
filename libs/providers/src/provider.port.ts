import type { Json, JsonObject } from '#libs/kernel/src/json.js';

/** For whom a variable is looked up: whoever is read, not whoever has the binding. */
export interface Subject {
  readonly id: string;
  /** For example `host`. */
  readonly kind: string;
  readonly name: string;
  readonly ipAddress: string | null;
  readonly projectId: string;
}

/**
 * `virtual`: there is none to be had, such as of the past. `refused`: it may not be asked for. `unavailable`: no answer in time.
 * `unusable`: there was an answer, but not the one that is wanted.
 */
export type FailureCode = 'virtual' | 'refused' | 'unavailable' | 'unusable';

/** Why there is no value. The message is for everybody who may read the variable: no secret, nothing of an answer. */
export class ProviderFailure extends Error {
  override readonly name = 'ProviderFailure';

  constructor(
    readonly code: FailureCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** One question that can be asked. */
export interface Lookup {
  /** Within one binding, equal questions have equal answers. */
  readonly question: string;
  /** Who is asked: those who ask the same wait for, and give up, together. */
  readonly place: string;
  /** Rejects with a `ProviderFailure`, soon after the signal at the latest. */
  readonly ask: (signal: AbortSignal) => Promise<Json>;
}

/** Where values come from that are not stored. Settings are JSON that anybody who may set variables has written. */
export abstract class Provider {
  /** As a binding names it, for example `http-json`. */
  abstract readonly name: string;
  /** Throws `validation-failed`, naming the member of `settings`. */
  abstract check(settings: JsonObject, projectId: string): void;
  /** Asks nothing yet. Settings have been checked, but maybe by an older version. Throws a `ProviderFailure`. */
  abstract lookup(settings: JsonObject, subject: Subject): Lookup;
}
