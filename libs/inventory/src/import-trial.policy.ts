import { DomainError } from '#libs/kernel/src/errors.js';
import type { Json } from '#libs/kernel/src/json.js';
import { demandName } from '#libs/kernel/src/names.js';
import type { Difference, Planned } from './import.policy.js';
import { region, type RegionCommand } from './region.decider.js';
import { interfaceKey, type Region } from './region-state.policy.js';

export interface RegionImport {
  readonly cloudId: string;
  readonly newId: () => string;
  /** Whether cells are made that are named and missing. */
  readonly createPlaces: boolean;
  /** The mark of what brings the devices. */
  readonly managedBy?: string | undefined;
}

/** What was made on the way, because something hangs on it. */
export interface MadeCell {
  readonly id: string;
  readonly name: string;
  readonly command: RegionCommand;
}

export type Fields = Readonly<Record<string, Json>>;

/** What commands and states call a member, and what sources call it. */
export type Names = Readonly<Record<string, string>>;

/** The fields that are given, as commands call them. */
export const inCommand = (names: Names, fields: Fields): Record<string, Json> => {
  const given: Record<string, Json> = {};
  for (const name in names) {
    const value = fields[names[name]!];
    if (value !== undefined) given[name] = value;
  }
  return given;
};

/** Members that are given and differ, as sources call them. */
export const differing = (names: Names, wanted: Fields, known: object): readonly Difference[] =>
  Object.entries(wanted).flatMap(([member, after]) => {
    const before = (known as Fields)[member] ?? null;
    return before === after ? [] : [{ member: names[member] ?? member, before, after }];
  });

const idsByName = (things: ReadonlyMap<string, { readonly name: string; readonly retired?: boolean }>) => {
  const ids = new Map<string, string>();
  for (const [id, { name, retired }] of things) if (retired !== true) ids.set(name, id);
  return ids;
};

/** A region on which an import is tried out, and what goes by which name in it. `state` becomes the trial's own. */
export class RegionTrial {
  readonly cells: Map<string, string>;
  readonly devices: Map<string, string>;
  readonly networks: Map<string, string>;
  readonly interfaces = new Map<string, string>();
  private readonly made: MadeCell[] = [];

  constructor(
    readonly state: Region,
    readonly how: RegionImport,
  ) {
    this.cells = idsByName(state.cells);
    this.devices = idsByName(state.devices);
    this.networks = idsByName(state.networks);
    for (const [id, { deviceId, name }] of state.interfaces)
      this.interfaces.set(interfaceKey(deviceId, name), id);
  }

  created(id: string, command: RegionCommand): Planned<RegionCommand> {
    this.happen([command]);
    return { result: 'created', id, commands: [command], changes: [] };
  }

  changed(
    id: string,
    commands: readonly RegionCommand[],
    changes: readonly Difference[],
  ): Planned<RegionCommand> {
    return this.happen(commands) > 0
      ? { result: 'changed', id, commands, changes }
      : { result: 'unchanged', id, commands: [], changes: [] };
  }

  /** All or none of them, since they do not build on each other; answers how many events they come to. */
  happen(commands: readonly RegionCommand[]): number {
    const events = commands.flatMap((command) => region.decide(command, this.state));
    for (const event of events) region.evolve(this.state, event);
    return events.length;
  }

  newCell(name: string, note: string | null): MadeCell {
    const { newId, cloudId } = this.how;
    const id = newId();
    const command = { type: 'RegisterCell', cellId: id, cloudId, name, note } as const;
    this.happen([command]);
    this.cells.set(name, id);
    return { id, name, command };
  }

  /** A cell that something hangs on. */
  cellId(name: string | undefined): string | undefined {
    const known = name === undefined ? undefined : this.cells.get(name);
    if (name === undefined || known !== undefined) return known;
    if (!this.how.createPlaces) return this.named('cell', name);
    demandName('cell', name);
    const made = this.newCell(name, null);
    this.made.push(made);
    return made.id;
  }

  named(what: 'cell' | 'device' | 'network', name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const id = this[`${what}s`].get(name);
    if (id === undefined)
      throw new DomainError('not-found', `there is no ${what} named ${name} in the region`);
    return id;
  }

  /** The cells that were made on the way since this was last asked. */
  takeMade(): readonly MadeCell[] {
    return this.made.splice(0);
  }
}
