import { createHash } from 'node:crypto';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { Clock } from '#libs/platform/src/clock.js';
import { type Binding, type BindingAsked, bindingOf, storedBinding } from './binding.js';
import { PathTooCostly } from './jsonpath/evaluation.js';
import { JsonPath } from './jsonpath/json-path.js';
import { type Errand, type Known, Lookups, type Notices } from './lookups.js';
import { Memory, type Seen, type Trouble } from './memory.js';
import { type Provider, ProviderFailure, type Subject } from './provider.port.js';

/** A variable that is looked up, and its binding as it was stored. */
export interface BoundVariable {
  readonly key: string;
  readonly binding: Json;
}

/** What came of a variable: a value that may be old, why there is no newer one, or both. */
export interface Reading {
  readonly provider: string;
  readonly seen: Seen | undefined;
  readonly trouble: Trouble | undefined;
}

/** More would make one read into a burden for others. */
export const mostAtOnce = 64;

const pick =
  (path: string) =>
  (answer: Json): Json => {
    try {
      const value = new JsonPath(path).read(answer);
      if (value !== undefined) return value;
    } catch (error) {
      if (!(error instanceof PathTooCostly)) throw error;
      throw new ProviderFailure('unusable', 'the answer is too large for the path', { cause: error });
    }
    throw new ProviderFailure('unusable', 'the path selects nothing in the answer');
  };

const keyOf = (binding: Binding, question: string): string =>
  createHash('sha256')
    .update(JSON.stringify([binding, question]))
    .digest('base64');

const shownAs = ({ provider, on_failure }: Binding, { seen, trouble }: Known): Reading => ({
  provider,
  seen: trouble && on_failure === 'error' ? undefined : seen,
  trouble,
});

/** Every provider there is, and what they said last. */
export class Providers {
  private readonly byName: ReadonlyMap<string, Provider>;
  private readonly lookups: Lookups;

  constructor(
    providers: readonly Provider[],
    private readonly clock: Clock,
    private readonly notices: Notices,
    memory: Memory = new Memory(clock),
  ) {
    this.byName = new Map(providers.map((provider) => [provider.name, provider]));
    this.lookups = new Lookups(clock, notices, memory);
  }

  /** The binding with what it leaves out. Throws `validation-failed`, naming the member; asks nobody. */
  checked(asked: BindingAsked, projectId: string): Binding {
    const binding = bindingOf(asked);
    const provider = this.byName.get(binding.provider);
    if (!provider) {
      const message = `must be one of ${[...this.byName.keys()].join(', ')}`;
      const violations = [{ member: 'provider', message }];
      throw new DomainError('validation-failed', `provider ${message}`, { violations });
    }
    provider.check(binding.settings, projectId);
    new JsonPath(binding.path);
    return binding;
  }

  /** All of them, asked at once; never rejects, and takes no longer than the longest of their timeouts. */
  async read(bound: readonly BoundVariable[], subject: Subject): Promise<ReadonlyMap<string, Reading>> {
    const read = bound.slice(0, mostAtOnce).map(async ({ key, binding }) => {
      const reading = await this.one(storedBinding(binding), subject);
      return [key, reading] as const;
    });
    const beyond = bound.slice(mostAtOnce).map(({ key, binding }) => {
      const failure = new ProviderFailure(
        'refused',
        `no more than ${mostAtOnce} variables are looked up at once`,
      );
      return [key, this.failed(storedBinding(binding), failure)] as const;
    });
    return new Map([...(await Promise.all(read)), ...beyond]);
  }

  private async one(binding: Binding, subject: Subject): Promise<Reading> {
    try {
      return shownAs(binding, await this.lookups.run(this.errand(binding, subject)));
    } catch (error) {
      if (error instanceof ProviderFailure) return this.failed(binding, error);
      // Settings that an older version took, say: no reason to show nothing of all the others.
      this.notices.defect(error);
      return this.failed(binding, new ProviderFailure('unusable', 'the provider failed'));
    }
  }

  private errand(binding: Binding, subject: Subject): Errand {
    const { provider: name, settings, path, timeout_ms: timeoutMs, cache_seconds } = binding;
    const provider = this.byName.get(name);
    if (!provider) throw new ProviderFailure('unusable', `there is no provider ${name}`);
    const lookup = provider.lookup(settings, subject);
    const key = keyOf(binding, lookup.question);
    return { key, lookup, timeoutMs, freshMs: cache_seconds * 1000, pick: pick(path) };
  }

  private failed({ provider }: Binding, { code, message }: ProviderFailure): Reading {
    return { provider, seen: undefined, trouble: { code, message, since: this.clock.now() } };
  }
}
