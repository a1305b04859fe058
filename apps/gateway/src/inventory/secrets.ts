import { Injectable } from '@nestjs/common';
import { may } from '#libs/access/src/access.policy.js';
import type { Sealed } from '#libs/inventory/src/variables.events.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import { masks } from '#libs/kernel/src/masks.js';
import { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import type { HiddenRow } from '#projections/variables/variables.queries.js';
import type { Exchange } from '../http/exchange.js';

type Values = Readonly<Record<string, Json>>;

/** Neither identifiers nor keys of variables have line breaks. A seal that is copied to another variable does not open. */
const contextOf = (ownerId: string, key: string): string => `${ownerId}\n${key}`;

const notAtHand = ({ key }: Sealed): string =>
  `is sealed with key ${JSON.stringify(key)}, which is not at hand`;

/** Seals values of variables, and opens what was sealed. */
@Injectable()
export class Secrets {
  constructor(private readonly ring: KeyRing) {}

  /** Throws `forbidden` unless the caller may see secrets. */
  demandReader(exchange: Exchange): void {
    if (this.mayRead(exchange))
      // What is in clear is for the caller alone, and for now.
      exchange.reply.header('cache-control', 'no-store');
    else throw new DomainError('forbidden', 'secrets are not shown to this user');
  }

  /** As JSON text; undefined when it was sealed with a key that is not at hand. */
  opened({ owner_id, key, hidden }: HiddenRow): string | undefined {
    return this.ring.open(JSON.parse(hidden) as Sealed, contextOf(owner_id, key));
  }

  /** What to show of these, as JSON text: of one that cannot be opened, its mask and why. */
  shown(row: HiddenRow): string {
    const error = notAtHand(JSON.parse(row.hidden) as Sealed);
    return this.opened(row) ?? JSON.stringify({ ...masks.secret, error });
  }

  /** Throws `illegal-state` for the seal of a variable whose key is not at hand. */
  demandAtHand(key: string, sealed: Sealed): void {
    if (this.ring.has(sealed.key)) return;
    const message = notAtHand(sealed);
    throw new DomainError('illegal-state', `${JSON.stringify(key)} ${message}`, {
      violations: [{ member: key, message }],
    });
  }

  /**
   * The values of these keys sealed, the others as they are. A value that the secret has already is left out, but only for a caller
   * who may read it: others would learn what it is by trying. Throws `illegal-state` without a key to seal with.
   */
  sealed(
    exchange: Exchange,
    ownerId: string,
    values: Values,
    secrets: ReadonlyMap<string, HiddenRow | undefined>,
  ): Values {
    if (secrets.size === 0) return values;
    this.demandKey();
    const changed = Object.entries(values).filter(
      ([key, value]) => !this.isKnown(exchange, secrets.get(key), value),
    );
    return this.allSealed(ownerId, Object.fromEntries(changed), secrets);
  }

  /** The values of these keys sealed, the others as they are. Throws `illegal-state` without a key to seal with. */
  allSealed(ownerId: string, values: Values, keys: { has(key: string): boolean }): Values {
    this.demandKey();
    const seal = ([key, value]: [string, Json]): [string, Json] => [
      key,
      keys.has(key) ? { ...this.ring.seal(JSON.stringify(value), contextOf(ownerId, key)) } : value,
    ];
    return Object.fromEntries(Object.entries(values).map(seal));
  }

  /** Whether the secret has this value already, which only a caller who may read it is to notice. */
  isKnown(exchange: Exchange, row: HiddenRow | undefined, value: Json): boolean {
    if (!row || !this.mayRead(exchange) || !this.isCurrent(row)) return false;
    return this.opened(row) === JSON.stringify(value);
  }

  /** Name of the key that seals. Throws `illegal-state` when there is none. */
  demandKey(): string {
    const { current } = this.ring;
    if (current !== undefined) return current;
    throw new DomainError('illegal-state', 'there is no key to seal secrets with (CRATON_SECRET_KEY)');
  }

  /** The same value under the key that seals now; undefined for what cannot be opened. */
  sealedAnew(ownerId: string, key: string, was: Sealed): Sealed | undefined {
    const context = contextOf(ownerId, key);
    const text = this.ring.open(was, context);
    return text === undefined
      ? undefined
      : { ...this.ring.seal(text, context), first: was.first ?? was.nonce };
  }

  private mayRead(exchange: Exchange): boolean {
    return may(exchange.caller.roles, 'secrets:read');
  }

  private isCurrent({ hidden }: HiddenRow): boolean {
    return this.ring.isCurrent((JSON.parse(hidden) as Sealed).key);
  }
}
