import { DomainError } from '#libs/kernel/src/errors.js';
import { demandName } from '#libs/kernel/src/names.js';
import { cloud, type Cloud, type CloudCommand } from './cloud.decider.js';
import type { ImportedThing, Planned } from './import.policy.js';
import { differing, inCommand } from './import-trial.policy.js';
import { project, type ProjectCommand } from './project.decider.js';
import type { Project } from './project-state.policy.js';

/** A region that is there, or will be. */
export interface RegionPlace {
  readonly id: string;
  readonly cloudId: string;
  readonly isNew: boolean;
}

/** Where rows go that do not say it. */
export interface DefaultPlace {
  readonly cloud?: string | undefined;
  readonly region?: string | undefined;
}

export interface MadePlace {
  readonly kind: 'cloud' | 'region';
  readonly id: string;
  readonly name: string;
  readonly place: ImportedThing['place'];
  /** The stream that the command goes to: the project's, or a cloud's. */
  readonly streamId: string;
  readonly command: ProjectCommand | CloudCommand;
}

export interface PlacesImport {
  readonly projectId: string;
  readonly newId: () => string;
  /** Whether clouds and regions are made that are named and missing. */
  readonly createPlaces: boolean;
  readonly defaults: DefaultPlace;
}

const missing = (what: string, name: string): DomainError =>
  new DomainError('not-found', `there is no ${what} named ${name}`);

const unsaid = (what: string): DomainError =>
  new DomainError('validation-failed', `the row must say its ${what}: there is no default`);

const emptyCloud = cloud.initialState;

/** The clouds and regions of one project, as they are and with what an import makes of them. The states become its own. */
export class PlacesTrial {
  private readonly byName = new Map<
    string,
    { readonly id: string; readonly regions: Map<string, RegionPlace> }
  >();
  private readonly made: MadePlace[] = [];

  constructor(
    private readonly state: Project,
    private readonly clouds: Map<string, Cloud>,
    private readonly how: PlacesImport,
  ) {
    for (const [id, { name }] of state.clouds) this.byName.set(name, { id, regions: this.regionsOf(id) });
  }

  /** Throws what the project would refuse it with. */
  planCloud({ name, fields }: ImportedThing): Planned<ProjectCommand> {
    const wanted = inCommand({ note: 'note' }, fields);
    const known = this.byName.get(name);
    if (!known) return this.newCloud(name, (wanted['note'] as string | undefined) ?? null);
    const { id } = known;
    const changes = differing({}, wanted, this.state.clouds.get(id) ?? {});
    const command = { type: 'ChangeCloud', cloudId: id, ...wanted } as const;
    if (changes.length === 0) return { result: 'unchanged', id, commands: [], changes };
    for (const event of project.decide(command, this.state)) project.evolve(this.state, event);
    return { result: 'changed', id, commands: [command], changes };
  }

  /** Throws what the cloud would refuse it with. The first command goes to the cloud of `cloudOf`. */
  planRegion({ name, place, fields }: ImportedThing): Planned<CloudCommand> {
    const { id: cloudId, regions } = this.cloud(place.cloud);
    const wanted = inCommand({ note: 'note' }, fields);
    const known = regions.get(name);
    if (!known) return this.newRegion(cloudId, regions, name, (wanted['note'] as string | undefined) ?? null);
    const state = this.stateOf(cloudId);
    const changes = differing({}, wanted, state.regions.get(known.id) ?? {});
    const command = { type: 'ChangeRegion', regionId: known.id, ...wanted } as const;
    if (changes.length === 0) return { result: 'unchanged', id: known.id, commands: [], changes };
    for (const event of cloud.decide(command, state)) cloud.evolve(state, event);
    return { result: 'changed', id: known.id, commands: [command], changes };
  }

  cloudOf({ place }: Pick<ImportedThing, 'place'>): string {
    return this.cloud(place.cloud).id;
  }

  /** Where something of a region goes; makes the place when that is wanted. */
  regionOf({ place }: Pick<ImportedThing, 'place'>): RegionPlace {
    const { cloud: cloudName, region: name } = this.named(place);
    if (name === undefined) throw unsaid('region');
    const { id: cloudId, regions } = this.cloud(cloudName);
    const known = regions.get(name);
    if (known) return known;
    if (!this.how.createPlaces) throw missing('region', name);
    demandName('region', name);
    const { id, commands } = this.newRegion(cloudId, regions, name, null);
    const where = cloudName === undefined ? {} : { cloud: cloudName };
    this.made.push({ kind: 'region', id, name, place: where, streamId: cloudId, command: commands[0]! });
    return regions.get(name) as RegionPlace;
  }

  /** The names of a place, with the defaults for what is not said. */
  named({ cloud: cloudName, region }: ImportedThing['place']): DefaultPlace {
    const { defaults } = this.how;
    // A region that is meant where another cloud is named is not the default one.
    const elsewhere = cloudName !== undefined && cloudName !== defaults.cloud;
    return {
      cloud: cloudName ?? defaults.cloud,
      region: region ?? (elsewhere ? undefined : defaults.region),
    };
  }

  /** What was made on the way since this was last asked. */
  takeMade(): readonly MadePlace[] {
    return this.made.splice(0);
  }

  private cloud(given: string | undefined) {
    const name = given ?? this.how.defaults.cloud;
    if (name === undefined) throw unsaid('cloud');
    const known = this.byName.get(name);
    if (known) return known;
    if (!this.how.createPlaces) throw missing('cloud', name);
    demandName('cloud', name);
    const { id, commands } = this.newCloud(name, null);
    const { projectId } = this.how;
    this.made.push({ kind: 'cloud', id, name, place: {}, streamId: projectId, command: commands[0]! });
    return this.byName.get(name)!;
  }

  private newCloud(name: string, note: string | null): Planned<ProjectCommand> {
    const id = this.how.newId();
    const command = { type: 'RegisterCloud', cloudId: id, name, note } as const;
    for (const event of project.decide(command, this.state)) project.evolve(this.state, event);
    this.clouds.set(id, emptyCloud());
    this.byName.set(name, { id, regions: new Map() });
    return { result: 'created', id, commands: [command], changes: [] };
  }

  private newRegion(
    cloudId: string,
    regions: Map<string, RegionPlace>,
    name: string,
    note: string | null,
  ): Planned<CloudCommand> {
    const id = this.how.newId();
    const command = { type: 'RegisterRegion', regionId: id, name, note } as const;
    const state = this.stateOf(cloudId);
    for (const event of cloud.decide(command, state)) cloud.evolve(state, event);
    regions.set(name, { id, cloudId, isNew: true });
    return { result: 'created', id, commands: [command], changes: [] };
  }

  private stateOf(cloudId: string): Cloud {
    return this.clouds.get(cloudId) as Cloud;
  }

  private regionsOf(cloudId: string): Map<string, RegionPlace> {
    const regions = this.clouds.get(cloudId)?.regions ?? new Map<string, { readonly name: string }>();
    return new Map([...regions].map(([id, { name }]) => [name, { id, cloudId, isNew: false }]));
  }
}
