import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Difference } from '#libs/inventory/src/import.policy.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { masks } from '#libs/kernel/src/masks.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { VariablesQueries } from '#projections/variables/variables.queries.js';
import type { Entry, Setting } from './import.plan.js';
import { ImportSchemas } from './import.schemas.js';
import type { Kept, Spool } from './import.spool.js';
import { batchesOf } from './import.values.js';

type Known = Entry & { readonly id: string; readonly setting: Setting };

const isKnown = (entry: Entry): entry is Known =>
  (entry.result === 'unchanged' || entry.result === 'changed') && entry.setting !== undefined;

const none: JsonObject = {};

const valueIn = (variables: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(variables, key) ? variables[key] : undefined;

const differs = (wanted: JsonObject, known: JsonObject, key: string): boolean =>
  !isDeepStrictEqual(valueIn(known, key), wanted[key]);

/** Of a longer value only its length is told: all that are told wait in memory until all is planned. */
const longest = 4096;

const shown = (value: Json | undefined): Json => {
  const text = JSON.stringify(value ?? null);
  return text.length > longest ? { $length: text.length } : (value ?? null);
};

const differenceIn = (wanted: JsonObject, known: JsonObject, key: string): Difference => ({
  member: `variables.${key}`,
  before: shown(valueIn(known, key)),
  after: shown(wanted[key]),
});

/** A value that hides something is not replaced by what a file says in clear. */
const demandNoSecret = (keys: readonly string[], known: JsonObject): void => {
  const member = keys.find((key) => isDeepStrictEqual(valueIn(known, key), masks.secret));
  if (member === undefined) return;
  const message = 'is a secret by now, and stays one until it is removed';
  throw new DomainError('illegal-state', `${JSON.stringify(member)} ${message}`, {
    violations: [{ member, message }],
  });
};

/** Which of the variables that a source says the things that are there do not have yet. */
@Injectable()
export class ImportSettings {
  constructor(
    private readonly queries: VariablesQueries,
    private readonly readStore: ReadStore,
    private readonly schemas: ImportSchemas,
  ) {}

  /** Says so in the entries, and which of the values do not fit a schema. */
  async compare(entries: readonly Entry[], spool: Spool): Promise<void> {
    const view = this.readStore.now();
    for await (const chunk of batchesOf(entries.filter(isKnown))) {
      const texts = await spool.read(chunk.map(({ setting }) => setting.kept));
      const own = new Map(
        this.queries
          .objects(
            view,
            chunk.map(({ id }) => id),
          )
          .map(({ owner_id, variables }) => [owner_id, JSON.parse(variables) as JsonObject]),
      );
      for (const [index, entry] of chunk.entries())
        this.settle(entry, entry.setting.kept, {
          wanted: JSON.parse(texts[index] as string) as JsonObject,
          known: own.get(entry.id) ?? none,
        });
    }
    await this.schemas.check(entries, spool);
  }

  private settle(
    entry: Entry,
    kept: Kept,
    { wanted, known }: { wanted: JsonObject; known: JsonObject },
  ): void {
    try {
      const keys = Object.keys(wanted).filter((key) => differs(wanted, known, key));
      demandNoSecret(keys, known);
      entry.setting = keys.length === 0 ? undefined : { kept, only: keys };
      if (keys.length === 0) return;
      entry.changes = [...entry.changes, ...keys.map((key) => differenceIn(wanted, known, key))];
      entry.result = 'changed';
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      entry.result = 'refused';
      entry.problem = error;
    }
  }
}
