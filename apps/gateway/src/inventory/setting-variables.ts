import { Injectable } from '@nestjs/common';
import { ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import type { VariablesCommand } from '#libs/inventory/src/variables.decider.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import { isMask } from '#libs/kernel/src/masks.js';
import { type HiddenRow, VariablesQueries } from '#projections/variables/variables.queries.js';
import { type Step, unconditionally } from '../http/commands.js';
import type { Exchange } from '../http/exchange.js';
import type { Link, Owner } from './owners.js';
import { Secrets } from './secrets.js';
import { VariableSchemas } from './variable-schemas.js';

export type Values = Readonly<Record<string, Json>>;

interface Wishes {
  readonly secret?: readonly string[];
  readonly replace?: boolean;
}

type SetVariables = Extract<VariablesCommand, { type: 'SetVariables' }>;

const none: ReadonlySet<string> = new Set();

const demandAmong = (values: Values, secrets: readonly string[]): void => {
  const message = 'names a variable that the body does not set';
  if (secrets.some((key) => !Object.hasOwn(values, key)))
    throw new DomainError('validation-failed', `secret ${message}`, {
      violations: [{ member: 'secret', message }],
    });
};

const demandNoMasks = (values: Values): void => {
  const message = 'is what is shown in place of a value, and no value';
  const masked = Object.keys(values).filter((key) => isMask(values[key] as Json));
  if (masked.length > 0)
    throw new DomainError('validation-failed', `${JSON.stringify(masked[0])} ${message}`, {
      violations: masked.slice(0, 20).map((member) => ({ member, message })),
    });
};

/** Who sends back what was shown leaves what is behind the masks as it is. */
const withoutMasks = (values: Values, own: readonly HiddenRow[]): Values => {
  if (own.length === 0) return values;
  const hidden = new Set(own.map(({ key }) => key));
  const changed = Object.entries(values).filter(([key, value]) => !(hidden.has(key) && isMask(value)));
  return Object.fromEntries(changed);
};

/** Those of the values that are to be secret, or are it already, each with what it is now. */
const secretsAmong = (
  values: Values,
  own: readonly HiddenRow[],
  asked: readonly string[],
): ReadonlyMap<string, HiddenRow | undefined> => {
  const known = new Map(own.filter(({ nature }) => nature === 'secret').map((row) => [row.key, row]));
  const keys = [...new Set([...asked, ...known.keys()])].filter((key) => Object.hasOwn(values, key));
  return new Map(keys.map((key) => [key, known.get(key)]));
};

/** What is asked of values before they become a command: that they are values, fit the schemas, and are sealed where they are secret. */
@Injectable()
export class SettingVariables {
  constructor(
    private readonly queries: VariablesQueries,
    private readonly schemas: VariableSchemas,
    private readonly secrets: Secrets,
  ) {}

  /** For something new, which has no variables yet; `above`: whom it will inherit from, nearest first. No step without values. */
  ofNew(
    exchange: Exchange,
    { kind: ownerKind, id }: Link,
    values: Values,
    above: () => readonly Link[],
  ): readonly Step[] {
    if (Object.keys(values).length === 0) return [];
    demandNoMasks(values);
    this.schemas.demandFitting(exchange.view, above, { values, secrets: none });
    const command = { type: 'SetVariables', ownerKind, values } as const;
    return [(metadata) => new ToVariables(id, command, unconditionally(metadata))];
  }

  /**
   * For an owner that is there; `secret`: which values are to be secret, beside those that are it already; `replace`: whether its
   * other variables are removed.
   */
  command(
    exchange: Exchange,
    { kind: ownerKind, id, chain }: Pick<Owner, 'kind' | 'id' | 'chain'>,
    given: Values,
    { secret = [], replace = false }: Wishes = {},
  ): SetVariables {
    demandAmong(given, secret);
    const own = this.queries.hidden(exchange.view, [id]);
    const values = withoutMasks(given, own);
    demandNoMasks(values);
    const secrets = secretsAmong(values, own, secret);
    this.schemas.demandFitting(exchange.view, () => chain, { values, secrets: new Set(secrets.keys()) });
    const sealed = this.secrets.sealed(exchange, id, values, secrets);
    const keys = [...secrets.keys()].filter((key) => Object.hasOwn(sealed, key));
    const only = replace ? { only: Object.keys(given) } : {};
    return {
      type: 'SetVariables',
      ownerKind,
      values: sealed,
      ...(keys.length > 0 && { secrets: keys }),
      ...only,
    };
  }
}
