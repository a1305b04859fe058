import type { Json } from '#libs/kernel/src/json.js';
import type { Limits, RowProblem, Source } from '../fleet-record.js';

export interface Group {
  readonly name: string;
  readonly vars: Map<string, Json>;
  readonly children: Map<string, Source>;
  readonly hosts: Set<string>;
  priority: number;
}

export interface Host {
  readonly name: string;
  readonly vars: Map<string, Json>;
  readonly groups: Set<string>;
  readonly source: Source;
}

/** What the files of an inventory say before anything is resolved, in the order in which they say it. */
export class Inventory {
  readonly groups = new Map<string, Group>();
  readonly hosts = new Map<string, Host>();
  readonly problems: RowProblem[] = [];
  /** Problems beyond those that are kept. */
  more = 0;
  private room: number;

  constructor(private readonly most: Pick<Limits, 'records' | 'problems' | 'nodes'>) {
    this.room = most.nodes;
    this.group('all');
    this.group('ungrouped');
    this.addChild('all', 'ungrouped', {});
  }

  problem(problem: string, source: Source): void {
    if (this.problems.length < this.most.problems) this.problems.push({ problem, source });
    else this.more += 1;
  }

  /** How many hosts one pattern may still give: many short patterns must not give hosts without end. */
  get hostsLeft(): number {
    return Math.min(this.most.records, this.room);
  }

  group(name: string): Group {
    const known = this.groups.get(name);
    if (known) return known;
    const made: Group = { name, vars: new Map(), children: new Map(), hosts: new Set(), priority: 1 };
    this.groups.set(name, made);
    return made;
  }

  addChild(parent: string, child: string, source: Source): void {
    const { children } = this.group(parent);
    this.group(child);
    if (!children.has(child)) children.set(child, source);
  }

  /** Adds a host to a group; false when there would be too many. */
  addHost(name: string, group: string, source: Source, port?: number): boolean {
    if (name === '') return this.refuse('a host has no name', source);
    if (!this.spend(source)) return false;
    let host = this.hosts.get(name);
    if (!host) {
      if (this.hosts.size >= this.most.records)
        return this.refuse(`there are more than ${this.most.records} hosts`, source);
      host = { name, vars: new Map(), groups: new Set(), source };
      if (port !== undefined) host.vars.set('ansible_port', port);
      this.hosts.set(name, host);
    }
    host.groups.add(group);
    this.group(group).hosts.add(name);
    return true;
  }

  setGroupVariable(group: string, key: string, value: Json, source: Source): void {
    if (key === 'ansible_group_priority') this.setPriority(group, value, source);
    else if (this.acceptable(key, source)) this.group(group).vars.set(key, value);
  }

  setHostVariable(host: string, key: string, value: Json, source: Source): void {
    if (this.spend(source) && this.acceptable(key, source)) this.hosts.get(host)?.vars.set(key, value);
  }

  private spend(source: Source): boolean {
    this.room -= 1;
    return this.room >= 0 || this.refuse(`there are more than ${this.most.nodes} values`, source);
  }

  private setPriority(group: string, value: Json, source: Source): void {
    const priority = typeof value === 'string' && /^\s*-?\d{1,9}\s*$/.test(value) ? Number(value) : value;
    if (Number.isSafeInteger(priority)) this.group(group).priority = priority as number;
    else this.problem('ansible_group_priority must be a whole number', source);
  }

  private acceptable(key: string, source: Source): boolean {
    if (key !== '__proto__' && key !== '') return true;
    return this.refuse('a variable has no acceptable name', source);
  }

  private refuse(problem: string, source: Source): false {
    this.problem(problem, source);
    return false;
  }
}
