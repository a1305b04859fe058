import { check, Optional } from '../http/fields.js';

/** Why there is no value, or no newer one. */
export interface LookupError {
  /** `virtual`: as of the past there is none. `refused`: not to be asked. `unavailable`: no answer. `unusable`: not this one. */
  readonly code: 'virtual' | 'refused' | 'unavailable' | 'unusable';
  readonly detail: string;
  /** The first failure in a row. */
  readonly since: string | null;
}

/** What is known of a variable that is looked up. Its value is among the variables; without one, its mask is. */
export interface VirtualShown {
  readonly provider: string;
  /** When the value was true. */
  readonly seen_at: string | null;
  readonly age_seconds: number | null;
  readonly error: LookupError | null;
}

export type VirtualsShown = Readonly<Record<string, VirtualShown>>;

const time = { type: ['string', 'null'], format: 'date-time' };

const shown = {
  type: 'object',
  properties: {
    provider: { type: 'string' },
    seen_at: time,
    age_seconds: { type: ['integer', 'null'], minimum: 0 },
    error: {
      type: ['object', 'null'],
      properties: {
        code: { type: 'string', enum: ['virtual', 'refused', 'unavailable', 'unusable'] },
        detail: { type: 'string' },
        since: time,
      },
      required: ['code', 'detail', 'since'],
      additionalProperties: false,
    },
  },
  required: ['provider', 'seen_at', 'age_seconds', 'error'],
  additionalProperties: false,
};

const description =
  'Left out when there are none, in lists, and in answers to changes: by key, of variables that are looked up, how old the value is and why there is no newer one.';

/** Beside the variables of one thing: what is known of those that are looked up. */
export const Virtuals = (): PropertyDecorator => (target, property) => {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  const schema = { type: 'object', additionalProperties: shown, description };
  Optional()(target, property);
  check('virtuals', isObject, 'must be an object', schema)(target, property);
};
