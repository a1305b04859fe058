import { createHash } from 'node:crypto';
import type { FleetRecord } from '../fleet-record.js';

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** An identifier by Ansible's rules: letters, digits and underscores, no digit first. */
const identifier = (text: string): string => text.replaceAll(/^\d|\W/g, '_');

/** A group to be named: by its kind and some names, for one thing in a place. */
export interface GroupName {
  readonly kind: 'cloud' | 'region' | 'cell' | 'parent' | 'label';
  readonly names: readonly string[];
  readonly within: readonly string[];
}

const plain = ({ kind, names }: GroupName): string => identifier([kind, ...names].join('_'));
const thingOf = ({ kind, names, within }: GroupName): string => JSON.stringify([kind, within, names]);

interface Named {
  /** How many different things would have the plain name. */
  things: Set<string>;
}

/** What a host is apart from its name: two of one name are two hosts when these differ. */
export const hostKey = ({ name, place: { cloud = '', region = '' } }: FleetRecord): string =>
  JSON.stringify([name, cloud, region]);

/**
 * Names for hosts and groups that are the same in every export as long as the things they name are there: of things that would share a
 * name none gets it, so that a name never silently means another thing.
 */
export class AnsibleNames {
  private readonly hosts = new Map<string, Named>();
  private readonly groups = new Map<string, Named>();
  private readonly reserved = new Set(['all', 'ungrouped', '_meta']);

  addHost(host: FleetRecord): void {
    this.add(this.hosts, host.name, hostKey(host));
  }

  addGroup(group: GroupName): void {
    this.add(this.groups, plain(group), thingOf(group));
  }

  host(host: FleetRecord): string {
    const { name, place } = host;
    const alone = (this.hosts.get(name)?.things.size ?? 0) <= 1;
    if (alone && !this.reserved.has(name)) return name;
    const places = [place.region, place.cloud].filter((one) => one !== undefined);
    return `${[name, ...places].join('.')}-${short(hostKey(host))}`;
  }

  group(group: GroupName): string {
    const name = plain(group);
    const alone = (this.groups.get(name)?.things.size ?? 0) <= 1;
    // Ansible gives variables to the group when a host has the same name.
    return alone && !this.hosts.has(name) ? name : `${name}_${short(thingOf(group))}`;
  }

  private add(names: Map<string, Named>, name: string, thing: string): void {
    const named = names.get(name);
    if (named) named.things.add(thing);
    else names.set(name, { things: new Set([thing]) });
  }
}
