import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Difference } from '#libs/inventory/src/import.policy.js';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { masks, mayHoldMask } from '#libs/kernel/src/masks.js';
import { ReadStore, type ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type HiddenRow, VariablesQueries } from '#projections/variables/variables.queries.js';
import { Secrets } from '../inventory/secrets.js';
import type { Entry, Setting } from './import.plan.js';
import { ImportSchemas, refusing } from './import.schemas.js';
import type { Spool } from './import.spool.js';
import { batchesOf, type Secrecy } from './import.values.js';

type Known = Entry & { readonly id: string; readonly setting: Setting };

/** What one thing has already. */
interface Own {
  readonly variables: JsonObject;
  /** By key, where it has any. */
  readonly secrets: ReadonlyMap<string, HiddenRow>;
}

interface Comparing {
  readonly spool: Spool;
  readonly secrecy: Secrecy;
}

const isKnown = (entry: Entry): entry is Known =>
  (entry.result === 'unchanged' || entry.result === 'changed') && entry.setting !== undefined;

const noSecrets: ReadonlyMap<string, HiddenRow> = new Map();
const nothing: Own = { variables: {}, secrets: noSecrets };

const valueIn = (variables: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(variables, key) ? variables[key] : undefined;

/** Of a longer value only its length is told: all that are told wait in memory until all is planned. */
const longest = 4096;

const shown = (value: Json | undefined): Json => {
  const text = JSON.stringify(value ?? null);
  return text.length > longest ? { $length: text.length } : (value ?? null);
};

/** Which of the variables that a source says the things that are there do not have yet. */
@Injectable()
export class ImportSettings {
  constructor(
    private readonly queries: VariablesQueries,
    private readonly readStore: ReadStore,
    private readonly schemas: ImportSchemas,
    private readonly secrets: Secrets,
  ) {}

  /**
   * Says so in the entries, and which of the values do not fit a schema. What is secret stays it: its values are sealed. Rejects with
   * `illegal-state` when secrets are asked for and there is no key to seal with.
   */
  async compare(entries: readonly Entry[], { spool, secrecy }: Comparing): Promise<void> {
    if (secrecy.asked.size > 0) this.secrets.demandKey();
    const view = this.readStore.now();
    for await (const chunk of batchesOf(entries.filter(isKnown))) {
      const texts = await spool.read(chunk.map(({ setting }) => setting.kept));
      const own = this.ownOf(view, chunk);
      for (const [index, entry] of chunk.entries()) {
        const wanted = JSON.parse(texts[index] as string) as JsonObject;
        refusing(entry, () => this.settle(entry, wanted, own.get(entry.id) ?? nothing, secrecy));
      }
    }
    await this.schemas.check(entries, spool, secrecy.asked);
  }

  private ownOf(view: ReadView, chunk: readonly Known[]): ReadonlyMap<string, Own> {
    const ids = chunk.map(({ id }) => id);
    const rows = this.queries.objects(view, ids);
    const keepers = rows.filter(({ variables }) => mayHoldMask(variables, 'secret'));
    const hidden = this.queries.hidden(
      view,
      keepers.map(({ owner_id }) => owner_id),
    );
    const secrets = Map.groupBy(
      hidden.filter(({ nature }) => nature === 'secret'),
      ({ owner_id }) => owner_id,
    );
    const byKey = (id: string) => new Map(secrets.get(id)?.map((row) => [row.key, row]));
    return new Map(
      rows.map(({ owner_id: id, variables }) => [
        id,
        {
          variables: JSON.parse(variables) as JsonObject,
          secrets: secrets.has(id) ? byKey(id) : noSecrets,
        },
      ]),
    );
  }

  private settle(entry: Known, wanted: JsonObject, own: Own, { exchange, asked }: Secrecy): void {
    const differs = (key: string): boolean => {
      const row = own.secrets.get(key);
      if (row) return !this.secrets.isKnown(exchange, row, wanted[key] as Json);
      return asked.has(key) || !isDeepStrictEqual(valueIn(own.variables, key), wanted[key]);
    };
    const only = Object.keys(wanted).filter(differs);
    const secrets = new Set(only.filter((key) => own.secrets.has(key) || asked.has(key)));
    if (secrets.size > 0) this.secrets.demandKey();
    const { kept } = entry.setting;
    (entry as Entry).setting =
      only.length === 0 ? undefined : { kept, only, ...(secrets.size > 0 && { secrets: [...secrets] }) };
    if (only.length === 0) return;
    const changes = only.map((key): Difference => ({
      member: `variables.${key}`,
      before: shown(valueIn(own.variables, key)),
      after: secrets.has(key) ? masks.secret : shown(wanted[key]),
    }));
    entry.changes = [...entry.changes, ...changes];
    entry.result = 'changed';
  }
}
