import { Injectable } from '@nestjs/common';
import { nearest, resolve } from '#libs/inventory/src/resolution.policy.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { Nature } from '#libs/kernel/src/masks.js';
import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import {
  type HiddenRow,
  type VariableChange,
  type VariableRow,
  VariablesQueries,
  type ValueRow,
} from '#projections/variables/variables.queries.js';
import type { Step } from '../http/commands.js';
import type { Exchange } from '../http/exchange.js';
import { FleetIndex, type VarsAsked } from './fleet-index.js';
import { type Link, Owners } from './owners.js';
import { SettingVariables, type Values } from './setting-variables.js';
import type { OwnerShown } from './variable-schemas.js';

export type { Values } from './setting-variables.js';

/** Where a value comes from, and what would be in effect without it, nearest first. */
export interface Explained {
  /** Of what is not plain, its mask. */
  readonly value: Json;
  readonly nature: Nature;
  readonly owner: OwnerShown;
  readonly event_id: string;
  readonly actor: string;
  readonly changed_at: string;
  readonly reason: string | null;
  readonly shadows: readonly { readonly owner: OwnerShown; readonly value: Json }[];
}

/** Key to a member of a JSON object. */
type Written = ReadonlyMap<string, string>;

const mostKept = 1000;
/** They come first in a chain; what comes behind them has many heirs. */
const nearKinds: ReadonlySet<Link['kind']> = new Set([
  'network-interface',
  'network',
  'host',
  'network-device',
  'container',
]);

const memberOf = (key: string, value: string): string => `${JSON.stringify(key)}:${value}`;

const ownerOf = ({ owner_id }: ValueRow): string => owner_id;

const parsed = (rows: ReadonlyMap<string, ValueRow>): Values =>
  Object.fromEntries([...rows].map(([key, { value }]) => [key, JSON.parse(value) as Json]));

const idsOf = (chain: readonly Link[]): string[] => chain.map(({ id }) => id);

/** What many hosts inherit alike, kept for as long as nothing changes: at one cursor there is one answer. */
class Common {
  private cursor: Cursor | undefined;
  private readonly kept = new Map<string, Written>();

  take(cursor: Cursor | undefined, ids: readonly string[], read: () => Written): Written {
    if (cursor !== this.cursor || this.kept.size >= mostKept) this.kept.clear();
    this.cursor = cursor;
    const key = ids.join(' ');
    const written = this.kept.get(key) ?? read();
    this.kept.set(key, written);
    return written;
  }
}

/** Variables as they are in effect at the near end of a chain; a chain of one is the owner's own. */
@Injectable()
export class InheritedVariables {
  private readonly common = new Common();

  constructor(
    private readonly queries: VariablesQueries,
    readonly owners: Owners,
    private readonly fleet: FleetIndex,
    private readonly setting: SettingVariables,
  ) {}

  /** As `SettingVariables.ofNew`: the steps that give something new its variables. */
  ofNew(
    exchange: Exchange,
    link: Link,
    values: Values,
    above: () => readonly Link[] = () => [],
  ): readonly Step[] {
    return this.setting.ofNew(exchange, link, values, above);
  }

  /** As `FleetIndex.matching`: which owners have such variables. */
  matching(view: ReadView, asked: VarsAsked): readonly string[] | undefined {
    return this.fleet.matching(view, asked);
  }

  /**
   * As JSON text, whose values are in the read model as such: nothing is parsed. What is not plain is masked, but for what is given
   * in `found`, by key and as JSON text.
   */
  text(view: ReadView, chain: readonly Link[], found?: ReadonlyMap<string, string>): string {
    const near = chain.filter(({ kind }) => nearKinds.has(kind));
    const far = idsOf(chain.slice(near.length));
    const own = this.written(view, idsOf(near));
    const inherited = this.common.take(view.cursor, far, () => this.written(view, far));
    const members = [...own.values()];
    for (const [key, member] of inherited) if (!own.has(key)) members.push(member);
    if (found === undefined || found.size === 0) return `{${members.join(',')}}`;
    const effective = [...new Set([...own.keys(), ...inherited.keys()])];
    const replaced = effective.map((key, index) =>
      found.has(key) ? memberOf(key, found.get(key) as string) : members[index],
    );
    return `{${replaced.join(',')}}`;
  }

  /** Those in effect that are not plain. Who has a text without masks need not ask (`mayHoldMask`). */
  hidden(view: ReadView, chain: readonly Link[]): readonly HiddenRow[] {
    const ids = idsOf(chain);
    const hidden = this.queries.hidden(view, ids);
    if (hidden.length === 0) return hidden;
    const effective = nearest(ids, this.queries.values(view, ids), ownerOf);
    return hidden.filter(({ key, owner_id }) => effective.get(key)?.owner_id === owner_id);
  }

  values(view: ReadView, chain: readonly Link[]): Values {
    const ids = idsOf(chain);
    return parsed(nearest(ids, this.queries.values(view, ids), ownerOf));
  }

  /** The same for many at once, in their order. */
  valuesOfAll(view: ReadView, chains: readonly (readonly Link[])[]): readonly Values[] {
    const owners = new Set(chains.flatMap(idsOf));
    const byOwner = Map.groupBy(this.queries.values(view, [...owners]), ownerOf);
    return chains.map((chain) => {
      const ids = idsOf(chain);
      const own = ids.flatMap((id) => byOwner.get(id) ?? []);
      return parsed(nearest(ids, own, ownerOf));
    });
  }

  /** What is in effect comes as `found` says, where it says something; what is shadowed as others see it. */
  explained(
    view: ReadView,
    chain: readonly Link[],
    found: ReadonlyMap<string, string>,
  ): Readonly<Record<string, Explained>> {
    const ids = idsOf(chain);
    const own = this.queries
      .own(view, ids)
      .map((row) => ({ ownerId: row.owner_id, key: row.key, value: row }));
    const resolved = [...resolve(ids, own)];
    const changes = this.queries.changesOf(
      view,
      resolved.map(([, { effective }]) => effective.value),
    );
    const shown = new Map(chain.map((link) => [link.id, this.shown(view, link)]));
    const valueOf = ({ value: row }: { readonly value: VariableRow }) => ({
      owner: shown.get(row.owner_id) as OwnerShown,
      value: JSON.parse(row.value) as Json,
    });
    return Object.fromEntries(
      resolved.map(([key, { effective, shadowed }], index) => {
        const { nature } = effective.value;
        const shadows = shadowed.map(valueOf);
        const shown = found.has(key) && { value: JSON.parse(found.get(key) as string) as Json };
        const change = changes[index] as VariableChange;
        return [key, { ...valueOf(effective), ...shown, nature, ...change, shadows }];
      }),
    );
  }

  /** Of the owner's own; -1 when there never were any. */
  revision(view: ReadView, ownerId: string): number {
    return this.queries.ownerRevision(view, ownerId) ?? -1;
  }

  private written(view: ReadView, ids: readonly string[]): Written {
    const found = nearest(ids, this.queries.values(view, ids), ownerOf);
    return new Map([...found].map(([key, { value }]) => [key, memberOf(key, value)]));
  }

  private shown(view: ReadView, link: Link): OwnerShown {
    return { kind: link.kind, id: link.id, name: this.owners.nameOf(view, link) };
  }
}
