import { Injectable } from '@nestjs/common';
import { resolve } from '#libs/inventory/src/resolution.policy.js';
import { schemaOf } from '#libs/inventory/src/schemas/variable-schema.js';
import { mostSteps } from '#libs/platform/src/json-schema/schema-cost.js';
import { DomainError, type Violation } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type SchemaRow, VariablesQueries } from '#projections/variables/variables.queries.js';
import { type Link, Owners } from './owners.js';

export interface OwnerShown {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** A schema that applies, and how it came about. */
export interface SchemaShown {
  readonly schema: Json;
  readonly owner: OwnerShown;
  readonly event_id: string;
  readonly actor: string;
  readonly changed_at: string;
  readonly reason: string | null;
}

/** A value that is there although a schema says otherwise. */
export interface Misfit extends Violation {
  readonly key: string;
  readonly schema_owner: OwnerShown;
}

/** Values to check: each with what is to be told of one that does not fit. */
interface Checked {
  readonly values: Values;
  /** Of these it is not told where inside they are wrong: the names of their members are theirs to keep. */
  readonly secrets: ReadonlySet<string>;
}

type Values = Readonly<Record<string, Json>>;

/** Of which values in effect it is asked. */
interface Asked {
  /** Only the near end's own. */
  readonly own: boolean;
  readonly only: ReadonlySet<string> | undefined;
}

/** A schema, and whose it is. */
type Applied<Row extends SchemaText = SchemaRow> = readonly [Row, Link];

export type SchemaText = Pick<SchemaRow, 'owner_id' | 'key' | 'schema'>;

/** Schemas that owners are about to have, in place of those that they have. */
type SchemasToBe = ReadonlyMap<string, readonly SchemaText[]>;

const asTheyAre: SchemasToBe = new Map();

const mostTold = 20;
/** Characters of the schemas that count for one request. */
const mostText = 128 * 1024;

/** From near to far. */
const inOrder = <Row extends SchemaText>(
  byOwner: ReadonlyMap<string, readonly Row[]>,
  chain: readonly Link[],
): readonly Applied<Row>[] =>
  chain.flatMap((link) => (byOwner.get(link.id) ?? []).map((row) => [row, link] as const));

const tooMuch: Violation = { member: '', message: 'is too much to be checked: take fewer at a time' };

/** Each may have to be compiled, which holds others up. */
const demandFew = (applied: readonly Applied<SchemaText>[]): void => {
  const length = applied.reduce((sum, [{ schema }]) => sum + schema.length, 0);
  if (length <= mostText) return;
  const message = 'have too many schemas to be checked at once: take fewer at a time';
  throw new DomainError('validation-failed', `these variables ${message}`, {
    violations: [{ member: '', message }],
  });
};

const demandNone = (misfits: readonly Misfit[], { secrets }: Checked): void => {
  if (misfits.length === 0) return;
  const violations = misfits.slice(0, mostTold).map(({ key, member, message, schema_owner: owner }) => ({
    member: secrets.has(key) || member === '' ? key : `${key}.${member}`,
    message: `${secrets.has(key) ? 'does not fit' : message} (schema of ${owner.kind} ${owner.id})`,
  }));
  const message = `${JSON.stringify(violations[0]?.member)} does not fit its schema`;
  throw new DomainError('validation-failed', message, { violations });
};

const misfitsAmong = (
  schemas: readonly (readonly [SchemaText, () => OwnerShown])[],
  values: Values,
): readonly Misfit[] => {
  let steps = 0;
  return schemas.flatMap(([{ key, schema }, ownerShown]) => {
    if (!Object.hasOwn(values, key)) return [];
    const value = values[key] as Json;
    steps += schemaOf(schema).stepsFor(value);
    const found = steps > mostSteps ? tooMuch : schemaOf(schema).violation(value);
    return found ? [{ key, ...found, schema_owner: ownerShown() }] : [];
  });
};

/** JSON Schemas that owners have for keys: all of those along a chain count. */
@Injectable()
export class VariableSchemas {
  constructor(
    private readonly queries: VariablesQueries,
    private readonly owners: Owners,
  ) {}

  /**
   * Throws `validation-failed` with each key whose value does not fit, where in it, and whose schema says so. Judges by the schemas in
   * the view, and those that are about to be: one that is attached at the same moment is not seen. The chain is asked for only when
   * there are schemas.
   */
  demandFitting(view: ReadView, chain: () => readonly Link[], checked: Checked, toBe = asTheyAre): void {
    if (Object.keys(checked.values).length === 0) return;
    if (toBe.size === 0 && !this.queries.hasSchemas(view)) return;
    const links = chain();
    const schemas: Map<string, readonly SchemaText[]> = this.byOwner(view, links);
    for (const [id, those] of toBe) schemas.set(id, those);
    demandNone(this.misfitsOf(view, inOrder(schemas, links), checked.values), checked);
  }

  /** The same for many: all schemas are read at once. Undefined when there are none. */
  demandsIn(view: ReadView): ((chain: readonly Link[], checked: Checked) => void) | undefined {
    if (!this.queries.hasSchemas(view)) return undefined;
    const byOwner = Map.groupBy(this.queries.allSchemas(view), ({ owner_id }) => owner_id);
    return (chain, checked) =>
      demandNone(this.misfitsOf(view, inOrder(byOwner, chain), checked.values), checked);
  }

  /**
   * What does not fit of the plain values in effect at the near end of the chain, or of its own only: they were there before the
   * schema, or are inherited from where it does not apply. Secrets are not checked: by schemas made for it, one could find out what they are.
   */
  misfits(view: ReadView, chain: readonly Link[], { own: isOwn, only }: Asked): readonly Misfit[] {
    const ids = (isOwn ? chain.slice(0, 1) : chain).map(({ id }) => id);
    if (!this.queries.hasSchemas(view)) return [];
    const own = this.queries
      .own(view, ids)
      .map((row) => ({ ownerId: row.owner_id, key: row.key, value: row }));
    const effective = [...resolve(ids, own).values()].map(({ effective: { value } }) => value);
    const plain = effective.filter(({ key, nature }) => nature === 'plain' && (only?.has(key) ?? true));
    const values = Object.fromEntries(plain.map(({ key, value }) => [key, JSON.parse(value) as Json]));
    return this.misfitsOf(view, this.along(view, chain), values);
  }

  /** What of values under these keys will not fit that come later. All that the view knows is asked for at once. */
  judging(
    view: ReadView,
    chain: readonly Link[],
    keys: ReadonlySet<string>,
  ): (values: Values) => readonly Misfit[] {
    if (!this.queries.hasSchemas(view)) return () => [];
    const applied = this.along(view, chain).filter(([{ key }]) => keys.has(key));
    demandFew(applied);
    const shown = applied.map(([row, link]) => {
      const owner = this.ownerShown(view, link);
      return [row, () => owner] as const;
    });
    return (values) => misfitsAmong(shown, values);
  }

  /** By key, nearest first. */
  shown(view: ReadView, chain: readonly Link[]): Readonly<Record<string, readonly SchemaShown[]>> {
    const byKey = Map.groupBy(this.along(view, chain), ([{ key }]) => key);
    return Object.fromEntries(
      [...byKey].map(([key, found]) => [key, found.map((one) => this.schemaShown(view, one))]),
    );
  }

  private misfitsOf(
    view: ReadView,
    schemas: readonly Applied<SchemaText>[],
    values: Values,
  ): readonly Misfit[] {
    const applied = schemas.filter(([{ key }]) => Object.hasOwn(values, key));
    demandFew(applied);
    const shown = applied.map(([row, link]) => [row, () => this.ownerShown(view, link)] as const);
    return misfitsAmong(shown, values);
  }

  private along(view: ReadView, chain: readonly Link[]): readonly Applied[] {
    return inOrder(this.byOwner(view, chain), chain);
  }

  private byOwner(view: ReadView, chain: readonly Link[]): Map<string, readonly SchemaRow[]> {
    const ids = chain.map(({ id }) => id);
    return Map.groupBy(this.queries.schemas(view, ids), ({ owner_id }) => owner_id);
  }

  private schemaShown(view: ReadView, [row, link]: Applied): SchemaShown {
    const { schema, event_id, actor, changed_at, reason } = row;
    const owner = this.ownerShown(view, link);
    return { schema: JSON.parse(schema) as Json, owner, event_id, actor, changed_at, reason };
  }

  private ownerShown(view: ReadView, link: Link): OwnerShown {
    return { kind: link.kind, id: link.id, name: this.owners.nameOf(view, link) };
  }
}
