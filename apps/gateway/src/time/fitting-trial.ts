import { Injectable } from '@nestjs/common';
import type { Sealed } from '#libs/inventory/src/variables.events.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { Json } from '#libs/kernel/src/json.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { demandWritableKeys, keysOf } from '../access/variable-limits.js';
import type { Exchange } from '../http/exchange.js';
import { Owners } from '../inventory/owners.js';
import { Secrets } from '../inventory/secrets.js';
import { type SchemaText, VariableSchemas } from '../inventory/variable-schemas.js';
import type { VariablesUndoing } from './reversal.js';
import { refusing, type Tried } from './tried.js';

type OfOwner = Tried<'variables'>;

/** By owner; of those whose schemas are put back. */
type Schemas = Map<string, readonly SchemaText[]>;

const textsOf = ({ id, schemas = new Map() }: VariablesUndoing): readonly SchemaText[] =>
  [...schemas].map(([key, { text }]) => ({ owner_id: id, key, schema: text }));

/** Those that are what they were: neither attached nor detached by what is put back. */
const untouchedBy = (those: readonly OfOwner[]): Schemas => {
  const ofSchemas = those.flatMap(({ sent }) => (sent.schemas ? [sent] : []));
  const touched = new Set(
    ofSchemas.flatMap(({ id, command }) => keysOf(command).map((key) => `${id} ${key}`)),
  );
  return new Map(
    ofSchemas.map((sent) => [sent.id, textsOf(sent).filter(({ key }) => !touched.has(`${sent.id} ${key}`))]),
  );
};

/** Of each command the keys that nothing behind it writes again: what does not stay is not judged. */
const stayingKeys = (those: readonly OfOwner[]): ReadonlyMap<VariablesUndoing, readonly string[]> => {
  const written = new Set<string>();
  const staying = new Map<VariablesUndoing, readonly string[]>();
  for (const { sent } of those.toReversed()) {
    if (sent.schemas) continue;
    const keys = keysOf(sent.command).filter((key) => !written.has(`${sent.id} ${key}`));
    for (const key of keys) written.add(`${sent.id} ${key}`);
    staying.set(sent, keys);
  }
  return staying;
};

/** Whether variables and schemas may be what they were: by whom they are written, where, and what values must be like. */
@Injectable()
export class FittingTrial {
  constructor(
    private readonly owners: Owners,
    private readonly schemas: VariableSchemas,
    private readonly readStore: ReadStore,
    private readonly secrets: Secrets,
  ) {}

  /**
   * A value has to fit the schemas as they are when all is put back, or as they are in its turn: one that comes back behind it finds it
   * there, and one that goes behind it does not count. Who comes back stood beside what else is put back: only other schemas count.
   */
  run(exchange: Exchange, those: readonly OfOwner[]): void {
    const untouched = untouchedBy(those);
    const inTheEnd: Schemas = new Map();
    for (const { sent } of those) if (sent.schemas) inTheEnd.set(sent.id, textsOf(sent));
    const inTurn: Schemas = new Map();
    const staying = stayingKeys(those);
    for (const { step, sent } of those) {
      const { command, id, ownerKind } = sent;
      refusing(step, () => demandWritableKeys(exchange.caller, keysOf(command)));
      refusing(step, () => this.owners.demandInService(exchange.view, { kind: ownerKind, id }));
      if (sent.schemas) inTurn.set(id, textsOf(sent));
      const keys = staying.get(sent) ?? [];
      const comesBack = sent.existedAt !== undefined;
      if (!comesBack) refusing(step, () => this.demandReadable(command, keys));
      if (!comesBack && this.isFitting(exchange, sent, keys, inTurn)) continue;
      refusing(step, () => this.demandFitting(exchange, sent, keys, comesBack ? untouched : inTheEnd));
    }
  }

  /** What nobody could read any more is nothing to put back. Who comes back comes with it nevertheless. */
  private demandReadable(command: VariablesUndoing['command'], keys: readonly string[]): void {
    if (command.type !== 'SetVariables') return;
    for (const key of (command.secrets ?? []).filter((one) => keys.includes(one)))
      this.secrets.demandAtHand(key, command.values[key] as unknown as Sealed);
  }

  private isFitting(...asked: Parameters<FittingTrial['demandFitting']>): boolean {
    try {
      this.demandFitting(...asked);
      return true;
    } catch (error) {
      if (error instanceof DomainError) return false;
      throw error;
    }
  }

  private demandFitting(
    exchange: Exchange,
    { command, id, ownerKind, existedAt }: VariablesUndoing,
    keys: readonly string[],
    schemas: Schemas,
  ): void {
    if (command.type !== 'SetVariables') return;
    // What is sealed was checked when it was set, and is not opened here.
    const secrets = new Set(command.secrets);
    const plain = keys.filter((key) => !secrets.has(key));
    const values = Object.fromEntries(plain.map((key) => [key, command.values[key] as Json]));
    const { view } = exchange;
    // What is not there yet inherits from whom it did.
    const then = () => (existedAt === undefined ? view : this.readStore.asOf(existedAt as Cursor));
    const chain = () => this.owners.find(exchange, then(), ownerKind, id).chain;
    this.schemas.demandFitting(view, chain, { values, secrets }, schemas);
  }
}
