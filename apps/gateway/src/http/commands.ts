import { Inject, Injectable } from '@nestjs/common';
import { type Command, CommandBus } from '@nestjs/cqrs';
import { v5 } from 'uuid';
import { ToRegion } from '#libs/inventory/src/inventory.handlers.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cursor, RequestMark } from '#libs/kernel/src/event.js';
import type { CommandMetadata, Receipt } from '#libs/platform/src/command-runner/command-runner.js';
import { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import { ReadStore, type ReadView } from '#libs/platform/src/read-store/read-store.js';
import { type RequestRow, RequestsQueries } from '#projections/requests/requests.queries.js';
import { VariableLimits } from '../access/variable-limits.js';
import type { Exchange } from './exchange.js';
import { fingerprints, idempotencyKey, Turns } from './idempotency.js';
import { reasonOf } from './reason.js';
import { expectedRevision } from './revision.js';

export type Step = (metadata: CommandMetadata) => Command<Receipt>;

/** The commands that a request comes to, in order. Each but the last must do no harm if the ones after it never happen. */
export interface Plan {
  /** Whose slice the subject belongs to. */
  readonly projectId: string;
  readonly steps: readonly Step[];
  /**
   * A name for each step, where they do not build on each other: they are sent at once, and a step that was sent before under the
   * same name in the same request is known again wherever it stands.
   */
  readonly names?: readonly string[];
  /** With names: one after the other nevertheless. */
  readonly inTurn?: boolean;
}

/** Where something new can be read, and its identifier when that was chosen already. */
export interface Place {
  readonly collection: string;
  readonly id?: string;
}

/** Reads what the request made or changed. */
export type Show<Body> = (view: ReadView, subject: string) => Body;

interface Outcome {
  readonly subject: string;
  readonly cursor: Cursor | undefined;
  readonly repeated: boolean;
}

const patienceMs = 10_000;
/** For read models that follow the removal of a hundred thousand things. */
const longPatienceMs = 300_000;

const patienceFor = (commands: readonly Command<Receipt>[]): number =>
  commands.some((sent) => sent instanceof ToRegion && 'cascade' in sent.command && sent.command.cascade)
    ? longPatienceMs
    : patienceMs;

/** Without the caller's `If-Match`: for a step that goes to another stream than the one whose revision the caller knows. */
export const unconditionally = (metadata: CommandMetadata): CommandMetadata => {
  const { expectedRevision: _expected, subject: _subject, ...rest } = metadata;
  return rest;
};

/**
 * Sends what a request asks for, and waits until this gateway shows it. With an `Idempotency-Key` a request happens once: its
 * repetition gets the first outcome again, as it was then.
 */
@Injectable()
export class Commands {
  @Inject()
  private readonly limits: VariableLimits;

  private readonly turns = new Turns();

  constructor(
    private readonly bus: CommandBus,
    private readonly readStore: ReadStore,
    private readonly requests: RequestsQueries,
    private readonly keys: KeyRing,
  ) {}

  /** Makes something; answers it, with `Location`. */
  async create<Body>(
    exchange: Exchange,
    { collection, id = newId() }: Place,
    plan: (id: string) => Plan,
    show: Show<Body>,
  ): Promise<Body> {
    if (exchange.request.headers['if-match'] !== undefined) {
      throw new DomainError('wrong-revision', 'what does not exist yet has no revision to match');
    }
    const outcome = await this.once(exchange, id, plan);
    exchange.reply.header('location', exchange.address(`${collection}/${outcome.subject}`));
    return this.shown(exchange, outcome, show);
  }

  /** Changes something; answers it as it is then. */
  async change<Body>(exchange: Exchange, id: string, plan: () => Plan, show: Show<Body>): Promise<Body> {
    return this.shown(exchange, await this.once(exchange, id, plan), show);
  }

  /** Takes something away; answers nothing. */
  async remove(exchange: Exchange, id: string, plan: () => Plan): Promise<void> {
    const { cursor } = await this.once(exchange, id, plan);
    if (cursor !== undefined) exchange.reply.header('craton-cursor', cursor);
  }

  private shown<Body>(exchange: Exchange, { subject, cursor, repeated }: Outcome, show: Show<Body>): Body {
    if (cursor === undefined) return show(this.readStore.now(), subject);
    if (repeated) {
      exchange.reply.header('craton-cursor', cursor);
      return show(this.readStore.asOf(cursor), subject);
    }
    const view = this.readStore.now();
    exchange.reply.header('craton-cursor', view.cursor ?? cursor);
    try {
      return show(view, subject);
    } catch (error) {
      // Somebody else has taken it away already: the answer is what it was.
      if (!(error instanceof DomainError && error.code === 'not-found')) throw error;
      return show(this.readStore.asOf(cursor), subject);
    }
  }

  private once(exchange: Exchange, subject: string, plan: (subject: string) => Plan): Promise<Outcome> {
    const key = idempotencyKey(exchange.request);
    if (key === undefined) return this.send(exchange, subject, plan(subject), undefined);
    const { userId } = exchange.caller;
    return this.turns.take(`${userId} ${key}`, async () => {
      const known = fingerprints(exchange.request, this.keys);
      const mark = { key, fingerprint: known[0] ?? '', subject };
      const first = this.firstOf(userId, mark, known);
      if (first) return this.finish(exchange, first, mark, plan);
      const outcome = await this.send(exchange, subject, plan(subject), mark);
      // The runner may have known the request although this read model did not yet.
      const recorded = this.firstOf(userId, mark, known);
      return recorded && recorded.subject !== subject ? this.finish(exchange, recorded, mark, plan) : outcome;
    });
  }

  private firstOf(userId: string, mark: RequestMark, known: readonly string[]): RequestRow | undefined {
    const first = this.requests.find(this.readStore.now(), userId, mark.key);
    if (!first || known.includes(first.fingerprint)) return first;
    throw new DomainError(
      'idempotency-key-reused',
      'the Idempotency-Key was given with another request before',
    );
  }

  /** The first attempt may have ended between two steps: the later ones are sent again, and change nothing where they had been. */
  private async finish(
    exchange: Exchange,
    { subject, cursor: then }: RequestRow,
    mark: RequestMark,
    plan: (subject: string) => Plan,
  ): Promise<Outcome> {
    const repeated = { subject, cursor: then as Cursor, repeated: true };
    if (exchange.request.method !== 'POST') return repeated;
    const planned = plan(subject);
    if (planned.steps.length < 2 && !planned.names) return repeated;
    const { cursor } = await this.send(exchange, subject, planned, { ...mark, subject });
    return { ...repeated, cursor: later(repeated.cursor, cursor) };
  }

  private async send(
    exchange: Exchange,
    subject: string,
    { projectId, steps, names, inTurn: oneByOne = false }: Plan,
    mark: RequestMark | undefined,
  ): Promise<Outcome> {
    const metadata = metadataOf(exchange, projectId, subject);
    // A creation is known by its first step, which has the identifier; everything else is done when its last step is.
    const marked = (index: number) => exchange.request.method === 'POST' || index === steps.length - 1;
    const commands = steps.map((step, index) => {
      const commandId = commandIdOf(metadata.commandId, index, names);
      return step({ ...metadata, commandId, ...(mark && marked(index) && { request: mark }) });
    });
    this.limits.demand(exchange.caller, this.readStore.now(), commands);
    const execute: Execute = (command) => this.bus.execute(command);
    const cursor = await (names && !oneByOne ? allAtOnce(commands, execute) : inTurn(commands, execute));
    if (cursor !== undefined) await this.readStore.passed(cursor, patienceFor(commands));
    return { subject, cursor, repeated: false };
  }
}

const later = (a: Cursor | undefined, b: Cursor | undefined): Cursor | undefined =>
  a === undefined || (b !== undefined && b > a) ? b : a;

type Execute = (command: Command<Receipt>) => Promise<Receipt>;

const inTurn = async (
  commands: readonly Command<Receipt>[],
  execute: Execute,
): Promise<Cursor | undefined> => {
  let last: Cursor | undefined;
  for (const command of commands) last = later(last, (await execute(command)).cursor);
  return last;
};

/** Sent together: more would hold others up. */
const mostTogether = 100;

/** Waits for all that were sent, so that nothing goes on behind the back of a refusal. */
const allAtOnce = async (
  commands: readonly Command<Receipt>[],
  execute: Execute,
): Promise<Cursor | undefined> => {
  let last: Cursor | undefined;
  for (let from = 0; from < commands.length; from += mostTogether) {
    const sent = commands.slice(from, from + mostTogether).map(execute);
    await Promise.allSettled(sent);
    for (const { cursor } of await Promise.all(sent)) last = later(last, cursor);
  }
  return last;
};

const commandIdOf = (first: string, index: number, names: readonly string[] | undefined): string => {
  if (names) return v5(`named ${names[index] ?? ''}`, first);
  return index === 0 ? first : v5(String(index), first);
};

const metadataOf = (exchange: Exchange, projectId: string, subject: string): CommandMetadata => {
  const { userId, username, projectId: spokenFor } = exchange.caller;
  const reason = reasonOf(exchange.request.headers);
  const revision = expectedRevision(exchange.request.headers['if-match']);
  return {
    actor: { userId, username, projectId: spokenFor },
    projectId,
    correlationId: exchange.correlationId,
    causationId: exchange.requestId,
    commandId: exchange.commandId,
    subject,
    ...(reason !== undefined && { reason }),
    ...(revision !== undefined && { expectedRevision: revision }),
  };
};
