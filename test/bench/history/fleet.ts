import type { RegionEvent } from '#libs/inventory/src/region.events.js';
import type { OwnerKind, VariablesEvent } from '#libs/inventory/src/variables.events.js';
import type { CloudEvent } from '#libs/inventory/src/cloud.events.js';
import type { ProjectEvent } from '#libs/inventory/src/project.events.js';
import type { Json } from '#libs/kernel/src/json.js';
import type { Fact, Pen } from './pen.js';

/** The key that reads and writes everything in a fleet. */
export interface Key {
  readonly keyId: string;
  readonly hash: string;
}

export interface Cell {
  readonly id: string;
  readonly regionId: string;
  readonly cloudId: string;
}

export interface Host {
  readonly id: string;
  readonly regionId: string;
  readonly name: string;
  active: boolean;
}

const regionCount = 8;
const cellsInRegion = 8;

/** One project with a cloud of a few regions and cells, into which hosts are put one by one. */
export class Fleet {
  readonly cloudId: string;
  readonly cells: readonly Cell[];
  readonly hosts: Host[] = [];

  constructor(private readonly pen: Pen) {
    this.cloudId = pen.id();
    const regions = Array.from({ length: regionCount }, () => pen.id());
    this.cells = regions.flatMap((regionId) =>
      Array.from({ length: cellsInRegion }, () => ({ id: pen.id(), regionId, cloudId: this.cloudId })),
    );
  }

  get regionIds(): readonly string[] {
    return [...new Set(this.cells.map(({ regionId }) => regionId))];
  }

  *founded({ keyId, hash }: Key): Generator<Fact> {
    const { pen, cloudId } = this;
    const { projectId, userId } = pen;
    const project = (type: ProjectEvent['type'], data: ProjectEvent['data']) =>
      pen.fact<ProjectEvent>(`project-${projectId}`, type, data, 'person');
    yield project('ProjectCreated', { name: 'operators' });
    yield project('UserAdded', { userId, username: 'admin', roles: ['admin', 'root'] });
    yield project('ApiKeyIssued', { keyId, userId, name: 'benchmark', hash });
    yield project('CloudRegistered', { cloudId, name: 'cloud-1', note: null });
    for (const [index, regionId] of this.regionIds.entries())
      yield pen.fact<CloudEvent>(
        `cloud-${cloudId}`,
        'RegionRegistered',
        { regionId, name: `region-${index}`, note: null },
        'person',
      );
    for (const [index, { id: cellId, regionId }] of this.cells.entries())
      yield this.region(regionId, 'CellRegistered', { cellId, cloudId, name: `cell-${index}`, note: null });
  }

  region(regionId: string, type: RegionEvent['type'], data: RegionEvent['data']): Fact {
    return this.pen.fact<RegionEvent>(`region-${regionId}`, type, data, 'person');
  }

  variables(ownerId: string, ownerKind: OwnerKind, values: Readonly<Record<string, Json>>): Fact {
    return this.pen.fact<VariablesEvent>(
      `variables-${ownerId}`,
      'VariablesSet',
      { ownerKind, values },
      'person',
    );
  }

  registered(): Fact {
    const { pen, hosts, cloudId } = this;
    const number = hosts.length;
    const { id: cellId, regionId } = this.cells[number % this.cells.length] as Cell;
    const host = { id: pen.id(), regionId, name: `compute-${number}.example.org`, active: true };
    hosts.push(host);
    return this.region(regionId, 'DeviceRegistered', {
      deviceId: host.id,
      kind: 'host',
      cloudId,
      name: host.name,
      ipAddress: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
      deviceType: 'server',
      cellId,
      parentId: null,
      active: true,
      note: null,
    });
  }

  changed(): Fact {
    const { pen } = this;
    const host = pen.one(this.hosts);
    const deviceId = host.id;
    switch (pen.below(4)) {
      case 0:
        return this.region(host.regionId, 'DeviceNoteChanged', { deviceId, note: `rack ${pen.below(900)}` });
      case 1: {
        const ipAddress = `10.200.${pen.below(256)}.${pen.below(256)}`;
        return this.region(host.regionId, 'DeviceAddressChanged', { deviceId, ipAddress });
      }
      default:
        host.active = !host.active;
        return this.region(host.regionId, host.active ? 'DeviceActivated' : 'DeviceDeactivated', {
          deviceId,
        });
    }
  }
}
