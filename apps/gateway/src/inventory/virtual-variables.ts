import { Inject, Injectable } from '@nestjs/common';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { isMask, mayHoldMask } from '#libs/kernel/src/masks.js';
import { Clock } from '#libs/platform/src/clock.js';
import { type BoundVariable, Providers, type Reading } from '#libs/providers/src/providers.js';
import type { Exchange } from '../http/exchange.js';
import { InheritedVariables, type Values } from './inherited-variables.js';
import type { Link } from './owners.js';
import { Subjects } from './subjects.js';
import { type Misfit, VariableSchemas } from './variable-schemas.js';
import type { VirtualShown, VirtualsShown } from './virtual.field.js';

/** What came of the variables that are looked up: values, and what is to be said of each. */
export interface LookedUp {
  readonly found: Values;
  readonly shown: VirtualsShown;
  /** Those that do not fit, where that is asked. */
  readonly misfits: readonly Misfit[];
}

/** An answer that shows variables: values, or what is explained of them. */
interface Shown {
  readonly variables?: Values;
  /** Where it is asked which values do not fit their schemas. */
  readonly violations?: readonly Misfit[];
}

const past = 'it is looked up when it is read, and nobody knows what it was';

const isBoundMask = (value: Json): boolean => isMask(value) && !Object.hasOwn(value as object, '$secret');

const isExplained = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && (value as JsonObject)['nature'] === 'bound';

const isPast = ({ request }: Exchange): boolean =>
  (request.query as { readonly as_of?: unknown }).as_of !== undefined;

const ofThePast = ({ key, binding }: BoundVariable): readonly [string, VirtualShown] => {
  const { provider } = binding as { readonly provider: string };
  const error = { code: 'virtual', detail: past, since: null } as const;
  return [key, { provider, seen_at: null, age_seconds: null, error }];
};

const maskedIn = ({ variables = {} }: Shown): ReadonlySet<string> => {
  const masked = Object.entries(variables).filter(([, value]) => isBoundMask(value) || isExplained(value));
  return new Set(masked.map(([key]) => key));
};

const completed = <Body extends Shown>(body: Body, { found, shown, misfits }: LookedUp): Body => {
  const values = Object.entries(found).map(([key, value]) => {
    const was = body.variables?.[key] ?? null;
    return [key, isExplained(was) ? { ...was, value } : value] as const;
  });
  const variables = { ...body.variables, ...(Object.fromEntries(values) as Values) };
  const violations = body.violations && { violations: [...body.violations, ...misfits] };
  return { ...body, variables, ...violations, virtual_variables: shown };
};

/** Variables that are looked up, in answers that show one thing. Lists show their masks: a page of hosts would be a page of questions. */
@Injectable()
export class VirtualVariables {
  @Inject()
  private readonly schemas: VariableSchemas;

  constructor(
    private readonly variables: InheritedVariables,
    private readonly subjects: Subjects,
    private readonly providers: Providers,
    private readonly clock: Clock,
  ) {}

  /** An answer about somebody as JSON text, with those of the variables in it looked up that are bound; at once when there are none. */
  text(exchange: Exchange, link: Link, text: string): string | Promise<string> {
    if (!mayHoldMask(text, 'bound')) return text;
    const body = JSON.parse(text) as Shown;
    const looked = this.body(exchange, link, body);
    // As it was, down to the order of its members.
    return looked === body ? text : Promise.resolve(looked).then((whole) => JSON.stringify(whole));
  }

  /** The same before it is text. Never rejects for what a provider does. */
  body<Body extends Shown>(exchange: Exchange, link: Link, body: Body): Body | Promise<Body> {
    const keys = maskedIn(body);
    return keys.size === 0
      ? body
      : this.lookedUp(exchange, link, { keys, isJudged: body.violations !== undefined }).then((found) =>
          completed(body, found),
        );
  }

  /** Everything that is asked of the view is asked before there is anything to wait for. */
  private lookedUp(
    exchange: Exchange,
    { kind, id }: Link,
    { keys, isJudged }: { readonly keys: ReadonlySet<string>; readonly isJudged: boolean },
  ): Promise<LookedUp> {
    const { view } = exchange;
    const { chain, projectId } = this.variables.owners.find(exchange, view, kind, id);
    const bound = this.variables
      .hidden(view, chain)
      .filter(({ key, nature }) => nature === 'bound' && keys.has(key))
      .map(({ key, hidden }) => ({ key, binding: JSON.parse(hidden) as Json }));
    if (isPast(exchange))
      return Promise.resolve({
        found: {},
        shown: Object.fromEntries(bound.map(ofThePast)),
        misfits: [],
      });
    const misfitsOf = isJudged ? this.schemas.judging(view, chain, keys) : () => [];
    const subject = this.subjects.of(view, { kind, id }, projectId);
    return this.providers.read(bound, subject).then((readings) => this.told(readings, misfitsOf));
  }

  private told(
    readings: ReadonlyMap<string, Reading>,
    misfitsOf: (values: Values) => readonly Misfit[],
  ): LookedUp {
    const all = [...readings];
    const shown = all.map(([key, reading]) => [key, this.shown(reading)] as const);
    const seen = all.flatMap(([key, reading]) =>
      reading.seen ? [[key, JSON.parse(reading.seen.text) as Json] as const] : [],
    );
    const found: Values = Object.fromEntries(seen);
    return { found, shown: Object.fromEntries(shown), misfits: misfitsOf(found) };
  }

  private shown({ provider, seen, trouble }: Reading): VirtualShown {
    const age = seen && (this.clock.now().getTime() - seen.at.getTime()) / 1000;
    return {
      provider,
      seen_at: seen?.at.toISOString() ?? null,
      age_seconds: age === undefined ? null : Math.max(0, Math.floor(age)),
      error: trouble
        ? { code: trouble.code, detail: trouble.message, since: trouble.since.toISOString() }
        : null,
    };
  }
}
