import { Injectable } from '@nestjs/common';
import { type Command, CommandBus } from '@nestjs/cqrs';
import {
  ToCloud,
  ToNewVariables,
  ToProject,
  ToRegion,
  ToVariables,
} from '#libs/inventory/src/inventory.handlers.js';
import type { VariablesCommand } from '#libs/inventory/src/variables.decider.js';
import type { OwnerKind } from '#libs/inventory/src/variables.events.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor, Metadata, RequestMark } from '#libs/kernel/src/event.js';
import type { Receipt } from '#libs/platform/src/command-runner/command-runner.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { Secrets } from '../inventory/secrets.js';
import type { Entry, Order, Setting } from './import.plan.js';
import type { Spool } from './import.spool.js';
import { secretKeysOf, type Values, valuesOf } from './import.values.js';

type SetVariables = Extract<VariablesCommand, { type: 'SetVariables' }>;

/** Things that go to the log together; with their labels and notes they fit into one append, mostly. */
const atOnce = 250;
/** Of the variables of one step. */
const mostBytes = 4 * 2 ** 20;
/** How long the read models may take for one such step. */
const patienceMs = 60_000;

/** While one step is on its way to the disk the next one is decided. More would only take memory. */
const mostUnderWay = 2;

interface UnderWay {
  readonly step: readonly Entry[];
  /** Where it ends in the log. */
  readonly done: Promise<Cursor | undefined>;
}

interface Landed {
  readonly step: readonly Entry[];
  readonly cursor: Cursor | undefined;
}

export interface Writing {
  readonly entries: readonly Entry[];
  readonly spool: Spool;
  readonly metadata: Omit<Metadata, 'commandId'>;
  /** Of the request, for the first that changes anything. */
  readonly mark: RequestMark | undefined;
  /** Keys whose values are secret, whoever has them. */
  readonly secrets: ReadonlySet<string>;
}

const done: readonly Order[] = [];

const ownerKindOf = ({ kind }: Entry): OwnerKind => (kind === 'interface' ? 'network-interface' : kind);

const isUpper = ({ kind }: Entry): boolean => kind === 'cloud' || kind === 'region';

const bytesOf = ({ setting }: Entry): number => setting?.kept.length ?? 0;

/** Where the step that begins there ends: things in a region, with no more variables than the log should have to wait with. */
const endOf = (entries: readonly Entry[], from: number): number => {
  let end = from;
  for (let bytes = 0; end < entries.length && end - from < atOnce; end += 1) {
    const entry = entries[end] as Entry;
    bytes += bytesOf(entry);
    if (end > from && (isUpper(entry) || bytes > mostBytes)) break;
  }
  return end;
};

/** One after the other for what others hang on, many at once for what is in a region, which keeps their order. */
const stepsOf = function* (entries: readonly Entry[]): Generator<readonly Entry[]> {
  for (let at = 0; at < entries.length;) {
    const end = isUpper(entries[at] as Entry) ? at + 1 : endOf(entries, at);
    yield entries.slice(at, end);
    at = end;
  }
};

/** Does what was planned, step by step, and notes where the log refuses what it would have taken when it was planned. */
@Injectable()
export class ImportWriter {
  constructor(
    private readonly bus: CommandBus,
    private readonly readStore: ReadStore,
    private readonly secrets: Secrets,
  ) {}

  /** Each step when it is in the log and can be read. Rejects with `unavailable` when the log is away. */
  async *write(writing: Writing): AsyncGenerator<readonly Entry[]> {
    const lost = new Map<string, DomainError>();
    const underWay: UnderWay[] = [];
    let request = writing.mark;
    const next = async () => {
      const { step, cursor } = await this.landed(underWay);
      if (cursor !== undefined) request = undefined;
      return step;
    };
    try {
      for (const step of stepsOf(writing.entries)) {
        const room = isUpper(step[0] as Entry) ? 0 : mostUnderWay - 1;
        while (underWay.length > room) yield await next();
        const metadata = { ...writing.metadata, ...(request && { request }) };
        underWay.push(this.begun(step, { ...writing, metadata }, lost));
        if (room === 0) yield await next();
      }
      while (underWay.length > 0) yield await next();
    } finally {
      await Promise.allSettled(underWay.map(({ done }) => done));
    }
  }

  private begun(step: readonly Entry[], writing: Writing, lost: Map<string, DomainError>): UnderWay {
    const done = this.step(step, writing, lost);
    // Whoever waits for the steps before it hears of it later.
    done.catch(() => undefined);
    return { step, done };
  }

  /** The first of them, when it can be read. */
  private async landed(underWay: UnderWay[]): Promise<Landed> {
    const { step, done } = underWay.shift() as UnderWay;
    const cursor = await done;
    if (cursor !== undefined) await this.readStore.passed(cursor, patienceMs);
    return { step, cursor };
  }

  private async step(
    step: readonly Entry[],
    writing: Writing,
    lost: Map<string, DomainError>,
  ): Promise<Cursor | undefined> {
    const placed = await Promise.all(step.map((entry) => this.placed(entry, writing, lost)));
    const set = await this.settings(
      step.filter(({ result }) => result !== 'refused'),
      writing,
    );
    // What is left to do of the rest needs the memory.
    for (const entry of step) entry.orders = done;
    return [...placed, ...set].reduce(later, undefined);
  }

  private placed(
    entry: Entry,
    writing: Writing,
    lost: Map<string, DomainError>,
  ): Promise<Cursor | undefined> {
    const { orders, problem } = entry;
    if (orders.length === 0 && !problem) return nothing;
    // Refused for its variables: nothing of it happens.
    const work = problem ? Promise.reject(problem) : this.all(orders, writing, lost);
    return work.catch((error: unknown) => refused(entry, lost, error));
  }

  private async all(
    orders: readonly Order[],
    writing: Writing,
    lost: ReadonlyMap<string, DomainError>,
  ): Promise<Cursor | undefined> {
    const [first] = orders;
    if (first && orders.length === 1) return this.sent(first, writing, lost);
    const sent = orders.map((order) => this.sent(order, writing, lost));
    await Promise.allSettled(sent);
    return (await Promise.all(sent)).reduce(later, undefined);
  }

  private sent(
    order: Order,
    writing: Writing,
    lost: ReadonlyMap<string, DomainError>,
  ): Promise<Cursor | undefined> {
    const why = lost.get(order.id);
    return why
      ? Promise.reject(why)
      : this.bus.execute<Command<Receipt>, Receipt>(this.commandOf(order, writing)).then(cursorOf);
  }

  private commandOf(order: Order, { metadata: shared }: Writing): Command<Receipt> {
    const metadata = { ...shared, commandId: newId() };
    switch (order.to) {
      case 'project':
        return new ToProject(order.id, order.command, metadata);
      case 'cloud':
        return new ToCloud(order.id, order.command, metadata);
      case 'region':
        return new ToRegion(order.id, order.command, metadata);
    }
  }

  private setting(entry: Entry, values: Values, asked: ReadonlySet<string>): SetVariables {
    const ownerKind = ownerKindOf(entry);
    const keys = secretKeysOf(values, entry.setting as Setting, asked);
    if (keys.size === 0) return { type: 'SetVariables', ownerKind, values };
    const sealed = this.secrets.allSealed(entry.id as string, values, keys);
    return { type: 'SetVariables', ownerKind, values: sealed, secrets: [...keys] };
  }

  private async settings(step: readonly Entry[], writing: Writing): Promise<(Cursor | undefined)[]> {
    const setting = step.filter((entry) => entry.setting !== undefined);
    const values = await valuesOf(
      setting.map((entry) => entry.setting as Setting),
      writing.spool,
    );
    return Promise.all(
      setting.map((entry, index) =>
        this.set(entry, values[index] as Values, writing).catch((error: unknown) =>
          refused(entry, undefined, error),
        ),
      ),
    );
  }

  private async set(entry: Entry, values: Values, writing: Writing): Promise<Cursor | undefined> {
    const command = this.setting(entry, values, writing.secrets);
    const To = entry.result === 'created' ? ToNewVariables : ToVariables;
    const metadata = { ...writing.metadata, commandId: newId() };
    const { cursor } = await this.bus.execute<Command<Receipt>, Receipt>(
      new To(entry.id as string, command, metadata),
    );
    return cursor;
  }
}

const nothing: Promise<undefined> = Promise.resolve(undefined);

const cursorOf = ({ cursor }: Receipt): Cursor | undefined => cursor;

const later = (a: Cursor | undefined, b: Cursor | undefined): Cursor | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

/** Turns a refusal into the result of the entry; what hangs on a place that is refused is refused with it. */
const refused = (entry: Entry, lost: Map<string, DomainError> | undefined, error: unknown): undefined => {
  if (!(error instanceof DomainError) || error.code === 'unavailable') throw error;
  entry.result = 'refused';
  entry.problem = error;
  if (entry.id !== undefined) lost?.set(entry.id, error);
  return undefined;
};
