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
import { chunksOf } from './places.js';
import type { Kept, Spool } from './import.spool.js';

type Known = Entry & { readonly id: string; readonly setting: { readonly kept: Kept } };

const isKnown = (entry: Entry): entry is Known =>
  (entry.result === 'unchanged' || entry.result === 'changed') &&
  entry.setting !== undefined &&
  'kept' in entry.setting;

const none: JsonObject = {};

const isSecret = (value: Json | undefined): boolean => isDeepStrictEqual(value, masks.secret);

const compared = (wanted: JsonObject, known: JsonObject): readonly Difference[] =>
  Object.entries(wanted).flatMap(([key, after]) => {
    const before = Object.hasOwn(known, key) ? known[key] : undefined;
    if (isDeepStrictEqual(before, after)) return [];
    return [{ member: `variables.${key}`, before: before ?? null, after }];
  });

/** A value that hides something is not replaced by what a file says in clear. */
const demandNoSecret = (wanted: JsonObject, known: JsonObject): void => {
  const member = Object.keys(wanted).find((key) => Object.hasOwn(known, key) && isSecret(known[key]));
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
    for await (const chunk of chunksOf(entries.filter(isKnown))) {
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
        this.settle(entry, JSON.parse(texts[index] as string) as JsonObject, own.get(entry.id) ?? none);
    }
    await this.schemas.check(entries, spool);
  }

  private settle(entry: Entry, wanted: JsonObject, known: JsonObject): void {
    try {
      const changes = compared(wanted, known);
      const values = Object.fromEntries(
        changes.map(({ member, after }) => [member.slice('variables.'.length), after]),
      );
      demandNoSecret(values, known);
      entry.setting = changes.length === 0 ? undefined : ({ values } satisfies Setting);
      if (changes.length === 0) return;
      entry.changes = [...entry.changes, ...changes];
      entry.result = 'changed';
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      entry.result = 'refused';
      entry.problem = error;
    }
  }
}
