import type { ReadView } from '#libs/platform/src/read-store/read-store.js';
import type { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import type { Link, Owners } from '../inventory/owners.js';
import type { Entry, Order } from './import.plan.js';

/** What an import is about to make: whom it hangs on. */
interface Made {
  readonly link: Link;
  /** A parent device, the device of an interface. */
  readonly device?: string | null;
  /** The cell, region, cloud or project that it is in directly. */
  readonly place?: string;
}

/** No tree is deeper. */
const deepest = 32;

const madeBy = ({ id: stream, command }: Order): Made | undefined => {
  if (command.type === 'RegisterCloud')
    return { link: { kind: 'cloud', id: command.cloudId }, place: stream };
  if (command.type === 'RegisterRegion')
    return { link: { kind: 'region', id: command.regionId }, place: stream };
  if (command.type === 'RegisterCell') return { link: { kind: 'cell', id: command.cellId }, place: stream };
  if (command.type === 'RegisterNetwork')
    return { link: { kind: 'network', id: command.networkId }, place: stream };
  if (command.type === 'RegisterInterface')
    return { link: { kind: 'network-interface', id: command.interfaceId }, device: command.deviceId };
  if (command.type !== 'RegisterDevice') return undefined;
  const { kind, deviceId: id, parentId: device, cellId } = command;
  return { link: { kind, id }, device, place: cellId ?? stream };
};

/** Whom things will inherit from: those that are there, as they are there, and those that are about to be made. */
export class ImportChains {
  private readonly made: ReadonlyMap<string, Made>;

  constructor(
    private readonly view: ReadView,
    private readonly inventory: InventoryQueries,
    private readonly owners: Owners,
    entries: readonly Entry[],
  ) {
    const made = entries.flatMap(({ orders }) => orders.flatMap((order) => madeBy(order) ?? []));
    this.made = new Map(made.map((one) => [one.link.id, one]));
  }

  of(link: Link): readonly Link[] {
    const made = this.made.get(link.id);
    if (made === undefined) return this.owners.chainOf(this.view, link);
    const { device, place } = made;
    // An interface is in no place of its own, but where its device is.
    const inherited =
      place === undefined && device
        ? this.ofDevice(device)
        : [...this.devices(device), ...this.ofPlace(place)];
    return [link, ...inherited];
  }

  private ofDevice(id: string): readonly Link[] {
    const kind = this.made.get(id)?.link.kind ?? this.inventory.device(this.view, id)?.kind;
    return kind === undefined ? [] : this.of({ kind, id });
  }

  /** A device and those above it. */
  private devices(id: string | null | undefined): readonly Link[] {
    const found: Link[] = [];
    for (let at = id; at && found.length < deepest;) {
      const made = this.made.get(at);
      const row = made ? undefined : this.inventory.device(this.view, at);
      if (made) found.push(made.link);
      else if (row) found.push({ kind: row.kind, id: row.id });
      at = made ? made.device : row?.parent_id;
    }
    return found;
  }

  private ofPlace(id: string | undefined): readonly Link[] {
    if (id === undefined) return [];
    const made = this.made.get(id);
    return made ? [made.link, ...this.ofPlace(made.place)] : this.owners.placeOf(this.view, id);
  }
}
