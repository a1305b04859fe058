import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';

/** Where a variable's value is looked up. Stored as it is written in the API: it is the user's own. */
export interface Binding {
  readonly provider: string;
  readonly settings: JsonObject;
  /** JSONPath into the answer. */
  readonly path: string;
  readonly timeout_ms: number;
  /** How long an answer is as good as another one. */
  readonly cache_seconds: number;
  /** What is shown while no answer comes: the last known value with its age, or none. */
  readonly on_failure: 'last-known' | 'error';
}

export const failureWays = ['last-known', 'error'] as const;

export const limits = {
  timeout_ms: { least: 50, most: 10_000, usual: 2000 },
  cache_seconds: { least: 1, most: 86_400, usual: 60 },
} as const;

/** What is left out is as usual. */
export type BindingAsked = Pick<Binding, 'provider' | 'settings'> & Partial<Binding>;

export const bindingOf = (asked: BindingAsked): Binding => ({
  provider: asked.provider,
  settings: asked.settings,
  path: asked.path ?? '$',
  timeout_ms: asked.timeout_ms ?? limits.timeout_ms.usual,
  cache_seconds: asked.cache_seconds ?? limits.cache_seconds.usual,
  on_failure: asked.on_failure ?? 'last-known',
});

/** A binding as it was stored, by whichever version. */
export const storedBinding = (json: Json): Binding => bindingOf(json as unknown as BindingAsked);

/** Settings hold these texts and nothing else; throws `validation-failed` for the member that does not fit. */
export const demandMembers = (settings: JsonObject, known: readonly string[]): void => {
  const stranger = Object.keys(settings).find((member) => !known.includes(member));
  if (stranger !== undefined) throw wrong(stranger, `is not known; there are ${known.join(', ')}`);
};

export const wrong = (member: string, message: string): DomainError => {
  const place = `settings.${member}`;
  return new DomainError('validation-failed', `${place} ${message}`, {
    violations: [{ member: place, message }],
  });
};
