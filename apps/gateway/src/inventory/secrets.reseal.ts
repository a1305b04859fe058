import { setImmediate as othersTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { OwnerKind, Sealed } from '#libs/inventory/src/variables.events.js';
import { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import { ReadStore, type ReadView } from '#libs/platform/src/read-store/read-store.js';
import { AccessQueries } from '#projections/access/access.queries.js';
import { belonging } from '#projections/inventory/belonging.queries.js';
import { type SealedRow, type Seals, sealsAfter } from '#projections/variables/seals.queries.js';
import type { Exchange } from '../http/exchange.js';
import { Secrets } from './secrets.js';

/** Secrets of one owner that are sealed anew with one event. */
export interface Resealed {
  readonly ownerId: string;
  readonly ownerKind: OwnerKind;
  readonly projectId: string;
  readonly seals: Readonly<Record<string, { readonly was: Sealed; readonly becomes: Sealed }>>;
}

/** What a request comes to. */
export interface Reseal {
  readonly parts: readonly Resealed[];
  readonly sealed: number;
  /** How many secrets are under which other key then. */
  readonly left: ReadonlyMap<string, number>;
  readonly more: boolean;
}

interface Found extends Pick<Resealed, 'ownerId' | 'ownerKind' | 'projectId'> {
  readonly key: string;
  readonly was: Sealed;
}

type Whose = Pick<Resealed, 'ownerKind' | 'projectId'>;

const sealsAtOnce = 250;
/** Of the seals in one event, unless one is longer. */
const mostText = 256 * 1024;
/** Of those in one request. */
const mostTextOfAll = 64 * 1024 * 1024;

/** Takes what one request seals anew, as long as there is room. */
class Gathering {
  readonly parts: Resealed[] = [];
  readonly left = new Map<string, number>();
  sealed = 0;
  more = false;
  private text = 0;
  private textOfPart = 0;
  private part: { ownerId: string; seals: Record<string, { was: Sealed; becomes: Sealed }> } | undefined;

  constructor(private readonly limit: number) {}

  get isFull(): boolean {
    return this.sealed >= this.limit || this.text >= mostTextOfAll;
  }

  leave({ was }: Found): void {
    this.left.set(was.key, (this.left.get(was.key) ?? 0) + 1);
  }

  take({ ownerId, ownerKind, projectId, key, was }: Found, becomes: Sealed): void {
    const length = becomes.sealed.length + key.length;
    if (this.part?.ownerId !== ownerId || this.textOfPart + length > mostText) {
      const part = { ownerId, ownerKind, projectId, seals: {} };
      this.part = part;
      this.parts.push(part);
      this.textOfPart = 0;
    }
    this.part.seals[key] = { was, becomes };
    this.textOfPart += length;
    this.text += length;
    this.sealed += 1;
  }
}

/** Seals with the newest key what older ones have sealed, so that these can be thrown away. */
@Injectable()
export class SecretsReseal {
  constructor(
    private readonly secrets: Secrets,
    private readonly ring: KeyRing,
    private readonly readStore: ReadStore,
    private readonly access: AccessQueries,
  ) {}

  /** Of what the caller sees; looks at all secrets there are. Without a key to seal with it finds nothing that it can open. */
  async prepared(exchange: Exchange, limit: number): Promise<Reseal> {
    const gathering = new Gathering(limit);
    let turns = 0;
    for (let chunk = this.after(''); chunk; chunk = this.after(chunk.end)) {
      await othersTurn();
      for (const found of this.outdated(exchange.scope, chunk)) {
        if (this.gather(gathering, found) && ++turns % sealsAtOnce === 0) await othersTurn();
      }
    }
    return gathering;
  }

  private after(ownerId: string): (Seals & { readonly view: ReadView }) | undefined {
    const view = this.readStore.now();
    const seals = sealsAfter(view, ownerId);
    return seals && { ...seals, view };
  }

  /** Whether it was sealed. */
  private gather(gathering: Gathering, found: Found): boolean {
    const { ownerId, key, was } = found;
    const isKnown = this.ring.has(was.key);
    gathering.more ||= isKnown && gathering.isFull;
    const becomes = isKnown && !gathering.isFull ? this.secrets.sealedAnew(ownerId, key, was) : undefined;
    if (becomes) gathering.take(found, becomes);
    else gathering.leave(found);
    return becomes !== undefined;
  }

  private outdated(
    scope: string | undefined,
    { rows, view }: { readonly rows: readonly SealedRow[]; readonly view: ReadView },
  ): readonly Found[] {
    const sealed = rows.map(({ owner_id: ownerId, key, hidden }) => ({
      ownerId,
      key,
      was: JSON.parse(hidden) as Sealed,
    }));
    const old = sealed.filter(({ was }) => !this.ring.isCurrent(was.key));
    const owners = this.owners(view, [...new Set(old.map(({ ownerId }) => ownerId))]);
    return old.flatMap((one) => {
      const whose = owners.get(one.ownerId);
      const isSeen = whose && (scope === undefined || whose.projectId === scope);
      return isSeen ? [{ ...one, ...whose }] : [];
    });
  }

  private owners(view: ReadView, ids: readonly string[]): ReadonlyMap<string, Whose> {
    const found = new Map<string, Whose>();
    if (ids.length === 0) return found;
    for (const { id, kind, project_id } of belonging(view, ids))
      found.set(id, { ownerKind: kind, projectId: project_id });
    for (const id of ids)
      if (!found.has(id) && this.access.project(view, id))
        found.set(id, { ownerKind: 'project', projectId: id });
    return found;
  }
}
