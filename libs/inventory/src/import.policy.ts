import type { Json } from '#libs/kernel/src/json.js';
import type { DeviceKind } from './region.events.js';

export type ImportedKind = 'cloud' | 'region' | 'cell' | DeviceKind | 'network' | 'interface';

/** One thing of a source, its fields checked and its addresses canonical. A field that is left out stays as it is. */
export interface ImportedThing {
  readonly kind: ImportedKind;
  readonly name: string;
  /** Names of what it hangs on. */
  readonly place: {
    readonly cloud?: string;
    readonly region?: string;
    readonly cell?: string;
    readonly parent?: string;
    readonly device?: string;
  };
  readonly fields: Readonly<Record<string, Json>>;
  /** What something new gets where the source does not say it. */
  readonly fallback: Readonly<Record<string, Json>>;
  readonly labels: readonly string[];
}

/** One member of a thing that an import changes. */
export interface Difference {
  readonly member: string;
  readonly before: Json;
  readonly after: Json;
}

/** What an import comes to for one thing. */
export interface Planned<Command> {
  readonly result: 'created' | 'changed' | 'unchanged';
  readonly id: string;
  readonly commands: readonly Command[];
  readonly changes: readonly Difference[];
  /** Null: it was there without a mark, and the import's own is not put on it. */
  readonly managedBy?: null;
}

/** The members that a source says and that are not so yet. */
export const differences = (
  wanted: Readonly<Record<string, Json | undefined>>,
  known: Readonly<Record<string, Json>>,
): readonly Difference[] =>
  Object.entries(wanted).flatMap(([member, after]) =>
    after === undefined || after === known[member] ? [] : [{ member, before: known[member] ?? null, after }],
  );

const deviceKinds: ReadonlySet<string> = new Set(['host', 'network-device', 'container']);

export const isDevice = ({ kind }: Pick<ImportedThing, 'kind'>): boolean => deviceKinds.has(kind);

const order: readonly ImportedKind[] = ['cloud', 'region', 'cell', 'network', 'host', 'interface'];
const rankOf = (thing: ImportedThing): number => order.indexOf(isDevice(thing) ? 'host' : thing.kind);

export interface Ordered<Thing> {
  /** Each after everything that it hangs on, otherwise as they came. */
  readonly things: readonly Thing[];
  /** Devices that are said to be their own ancestors, with the names of the circle, or the first few of them. */
  readonly circles: ReadonlyMap<Thing, readonly string[]>;
}

const mostNamed = 10;

/** Parents before their children, however they came. */
class ByParent<Thing extends ImportedThing> {
  readonly things: Thing[] = [];
  readonly circles = new Map<Thing, readonly string[]>();
  private readonly placed = new Set<Thing>();

  constructor(private readonly parentOf: (thing: Thing) => Thing | undefined) {}

  place(thing: Thing): void {
    const line: Thing[] = [];
    const inLine = new Set<Thing>();
    let at: Thing | undefined = thing;
    while (at && !this.placed.has(at) && !inLine.has(at)) {
      inLine.add(at);
      line.push(at);
      at = this.parentOf(at);
    }
    if (at && inLine.has(at)) this.close(line.slice(line.indexOf(at)));
    for (const one of line.toReversed()) {
      this.placed.add(one);
      this.things.push(one);
    }
  }

  private close(circle: readonly Thing[]): void {
    const { length } = circle;
    for (const [index, one] of circle.entries()) {
      const shown = Array.from(
        { length: Math.min(length, mostNamed) + 1 },
        (_, step) => circle[(index + step) % length],
      );
      this.circles.set(
        one,
        shown.map((other) => (other as Thing).name),
      );
    }
  }
}

/** The order in which things can be made. `keyOf`: which of the devices of all regions goes by a name in the region of a thing. */
export const inOrder = <Thing extends ImportedThing>(
  things: readonly Thing[],
  keyOf: (thing: Thing, name: string) => string,
): Ordered<Thing> => {
  const ranks = Map.groupBy(things, rankOf);
  const devices = ranks.get(rankOf({ kind: 'host' } as ImportedThing)) ?? [];
  const byKey = new Map(devices.map((device) => [keyOf(device, device.name), device]));
  const sorted = new ByParent<Thing>((device) =>
    device.place.parent === undefined ? undefined : byKey.get(keyOf(device, device.place.parent)),
  );
  for (const device of devices) sorted.place(device);
  const all = order.flatMap((kind, rank) => (kind === 'host' ? sorted.things : (ranks.get(rank) ?? [])));
  return { things: all, circles: sorted.circles };
};
