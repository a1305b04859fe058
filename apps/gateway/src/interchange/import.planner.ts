import { setImmediate as othersTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { cloud, type Cloud } from '#libs/inventory/src/cloud.decider.js';
import { type ImportedThing, inOrder, isDevice, type Planned } from '#libs/inventory/src/import.policy.js';
import { missingDevices } from '#libs/inventory/src/import-devices.policy.js';
import {
  PlacesTrial,
  type DefaultPlace,
  type RegionPlace,
} from '#libs/inventory/src/import-places.policy.js';
import { planInRegion } from '#libs/inventory/src/import-region.policy.js';
import { RegionTrial } from '#libs/inventory/src/import-trial.policy.js';
import { project } from '#libs/inventory/src/project.decider.js';
import { copyOf } from '#libs/inventory/src/region-copy.policy.js';
import { region, type RegionCommand } from '#libs/inventory/src/region.decider.js';
import { emptyRegion } from '#libs/inventory/src/region-state.policy.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { CommandRunner } from '#libs/platform/src/command-runner/command-runner.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { InventoryQueries } from '#projections/inventory/inventory.queries.js';
import type { Entry, Order } from './import.plan.js';
import { type Missing, missingOf } from './import.retirements.js';
import { ImportSettings } from './import.settings.js';
import type { Spool } from './import.spool.js';
import type { Row } from './import.survey.js';
import type { Secrecy } from './import.values.js';

export interface ImportPlan {
  readonly projectId: string;
  readonly defaults: DefaultPlace;
  readonly createPlaces: boolean;
  readonly managedBy: string | undefined;
  /** Whether devices with the mark are retired that the rows no longer name. */
  readonly cleans: boolean;
  /** Where the variables of the rows are. */
  readonly spool: Spool;
  readonly secrecy: Secrecy;
}

/** Planned without giving others a turn. */
const atOnce = 250;

const toRegion = (id: string, commands: readonly RegionCommand[]): Order[] =>
  commands.map((command) => ({ to: 'region', id, command }));

/** Finds out what an import comes to, on copies of the states that are in the log now. Changes nothing. */
class Planning {
  readonly entries: Entry[] = [];
  private readonly regions = new Map<string, RegionTrial>();
  private readonly names = new Map<string, Set<string>>();

  constructor(
    private readonly runner: CommandRunner,
    private readonly places: PlacesTrial,
    private readonly plan: ImportPlan,
  ) {}

  async take(rows: readonly Row[]): Promise<void> {
    const { things, circles } = inOrder(rows, (row, name) => {
      const { cloud: cloudName = '', region: regionName = '' } = this.places.named(row.place);
      return `${cloudName}\n${regionName}\n${name}`;
    });
    for (const [index, row] of things.entries()) {
      if (index % atOnce === 0) await othersTurn();
      await this.takeOne(row, circles.get(row));
    }
  }

  /** Retires what the mark brought and no row names. */
  async clean(cleaned: ReadonlyMap<string, string>): Promise<void> {
    for (const [regionId, cloudId] of cleaned) {
      const trial = await this.trialOf({ id: regionId, cloudId, isNew: false });
      const names = this.names.get(regionId);
      for (const device of missingDevices(trial, (name) => names?.has(name) === true))
        this.retire(trial, regionId, device);
    }
  }

  missing(): Missing {
    return missingOf(this.entries, this.regions.values());
  }

  private retire(
    trial: RegionTrial,
    regionId: string,
    device: { readonly id: string; readonly name: string; readonly kind: ImportedThing['kind'] },
  ): void {
    const { id, name, kind } = device;
    const command = { type: 'RetireDevice', deviceId: id } as const;
    const entry = { kind, name, place: {}, source: {}, id, changes: [] };
    try {
      trial.happen([command]);
      this.entries.push({ ...entry, result: 'retired', orders: toRegion(regionId, [command]) });
    } catch (error) {
      this.entries.push({ ...entry, result: 'refused', orders: [], problem: asRefusal(error) });
    }
  }

  private async takeOne(row: Row, circle: readonly string[] | undefined): Promise<void> {
    try {
      if (circle)
        throw new DomainError('illegal-state', `a device cannot be its own ancestor: ${circle.join(', ')}`);
      await this.planned(row);
    } catch (error) {
      const problem = asRefusal(error);
      this.entries.push({
        ...nameOf(row),
        id: undefined,
        result: 'refused',
        changes: [],
        orders: [],
        problem,
      });
    }
  }

  private async planned(row: Row): Promise<void> {
    if (row.kind === 'cloud') {
      const planned = this.places.planCloud(row);
      return this.add(
        row,
        planned,
        planned.commands.map((command) => ({ to: 'project', id: this.plan.projectId, command })),
      );
    }
    if (row.kind === 'region') {
      const cloudId = this.places.cloudOf(row);
      this.addMadePlaces(row);
      const planned = this.places.planRegion(row);
      return this.add(
        row,
        planned,
        planned.commands.map((command) => ({ to: 'cloud', id: cloudId, command })),
      );
    }
    const place = this.places.regionOf(row);
    this.addMadePlaces(row);
    const known = this.regions.get(place.id);
    return this.inRegion(row, place, known ?? (await this.trialOf(place)));
  }

  private inRegion(row: Row, place: RegionPlace, trial: RegionTrial): void {
    if (isDevice(row)) this.names.get(place.id)?.add(row.name);
    try {
      const planned = planInRegion(trial, row);
      this.addMadeCells(row, place, trial);
      this.add(row, planned, toRegion(place.id, planned.commands));
    } catch (error) {
      this.addMadeCells(row, place, trial);
      throw error;
    }
  }

  private add(
    row: Row,
    { result, id, changes, managedBy }: Planned<unknown>,
    orders: readonly Order[],
  ): void {
    const setting = row.variables && { kept: row.variables };
    const mark = managedBy === null && { managedBy };
    this.entries.push({ ...nameOf(row), id, result, changes, orders, setting, ...mark });
  }

  private addMadePlaces({ source }: Row): void {
    for (const { kind, id, name, place, streamId, command } of this.places.takeMade()) {
      const order = { to: kind === 'cloud' ? 'project' : 'cloud', id: streamId, command } as Order;
      this.entries.push({ kind, name, place, source, id, result: 'created', changes: [], orders: [order] });
    }
  }

  private addMadeCells(
    { source, place: { cloud: cloudName, region: regionName } }: Row,
    { id: regionId }: RegionPlace,
    trial: RegionTrial,
  ): void {
    const place = {
      ...(cloudName !== undefined && { cloud: cloudName }),
      ...(regionName !== undefined && { region: regionName }),
    };
    for (const { id, name, command } of trial.takeMade())
      this.entries.push({
        kind: 'cell',
        name,
        place,
        source,
        id,
        result: 'created',
        changes: [],
        orders: toRegion(regionId, [command]),
      });
  }

  private async trialOf({ id, cloudId, isNew }: RegionPlace): Promise<RegionTrial> {
    const known = this.regions.get(id);
    if (known) return known;
    const state = isNew ? emptyRegion() : copyOf((await this.runner.read(region, id)).state);
    const { createPlaces, managedBy } = this.plan;
    const trial = new RegionTrial(state, { cloudId, newId, createPlaces, managedBy });
    this.regions.set(id, trial);
    this.names.set(id, new Set());
    return trial;
  }
}

const nameOf = ({ kind, name, place, source }: Row) => ({ kind, name, place, source });

const asRefusal = (error: unknown): DomainError => {
  if (error instanceof DomainError && error.code !== 'unavailable') return error;
  throw error;
};

/** Plans imports: what each row comes to is what the deciders say, tried out in the order in which it will be done. */
@Injectable()
export class ImportPlanner {
  constructor(
    private readonly runner: CommandRunner,
    private readonly inventory: InventoryQueries,
    private readonly readStore: ReadStore,
    private readonly settings: ImportSettings,
  ) {}

  /** Rejects only when the log is away, and with `illegal-state` when there is no key for secrets that are asked for. */
  async plan(rows: readonly Row[], plan: ImportPlan): Promise<{ entries: Entry[]; missing: Missing }> {
    const planning = new Planning(this.runner, await this.placesOf(rows, plan), plan);
    await planning.take(rows);
    if (plan.cleans) await planning.clean(this.marked(plan));
    const missing = planning.missing();
    await this.settings.compare(planning.entries, plan);
    return { entries: planning.entries, missing };
  }

  /** The regions where devices with the mark are, each with its cloud. */
  private marked({ projectId, managedBy }: ImportPlan): ReadonlyMap<string, string> {
    if (managedBy === undefined) return new Map();
    const regions = this.inventory.regionsManagedBy(this.readStore.now(), projectId, managedBy);
    return new Map(regions.map(({ region_id, cloud_id }) => [region_id, cloud_id]));
  }

  private async placesOf(
    rows: readonly Row[],
    { projectId, createPlaces, defaults }: ImportPlan,
  ): Promise<PlacesTrial> {
    const named = new Set([defaults.cloud]);
    for (const { place } of rows) named.add(place.cloud);
    const state = structuredClone((await this.runner.read(project, projectId)).state);
    const clouds = new Map<string, Cloud>();
    for (const [id, { name }] of state.clouds)
      if (named.has(name)) clouds.set(id, structuredClone((await this.runner.read(cloud, id)).state));
    return new PlacesTrial(state, clouds, { projectId, newId, createPlaces, defaults });
  }
}
