import { setImmediate as othersTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import { type Link, Owners } from '../inventory/owners.js';
import { VariableSchemas } from '../inventory/variable-schemas.js';
import { ImportChains } from './import.chains.js';
import type { Entry } from './import.plan.js';
import type { Spool } from './import.spool.js';
import { batchesOf, type Secrecy, secretKeysOf, type Values, valuesOf } from './import.values.js';

type Settled = Entry & { readonly id: string; readonly setting: NonNullable<Entry['setting']> };

const isSettled = ({ id, setting, result }: Entry): boolean =>
  id !== undefined && setting !== undefined && result !== 'refused';

const linkOf = ({ kind, id }: Settled): Link => ({
  kind: kind === 'interface' ? 'network-interface' : kind,
  id,
});

/** Refuses what an import would set and schemas forbid. Without any schema it costs one lookup. */
@Injectable()
export class ImportSchemas {
  constructor(
    private readonly schemas: VariableSchemas,
    private readonly inventory: InventoryQueries,
    private readonly owners: Owners,
    private readonly readStore: ReadStore,
  ) {}

  /** Says so in the entries. What is moved at the same time is judged where it was. */
  async check(entries: readonly Entry[], spool: Spool, asked: Secrecy['asked']): Promise<void> {
    const view = this.readStore.now();
    const demand = this.schemas.demandsIn(view);
    if (demand === undefined) return;
    const chains = new ImportChains(view, this.inventory, this.owners, entries);
    for await (const chunk of batchesOf(entries.filter(isSettled) as Settled[])) {
      const values = await valuesOf(
        chunk.map(({ setting }) => setting),
        spool,
      );
      for (const [index, entry] of chunk.entries()) {
        if (index % 10 === 9) await othersTurn();
        const own = values[index] as Values;
        const secrets = secretKeysOf(own, entry.setting, asked);
        refusing(entry, () => demand(chains.of(linkOf(entry)), { values: own, secrets }));
      }
    }
  }
}

/** Turns a refusal into the result of the entry. */
export const refusing = (entry: Entry, work: () => void): void => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    entry.result = 'refused';
    entry.problem = error;
  }
};
