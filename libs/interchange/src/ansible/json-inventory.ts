import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { Limits, Source } from '../fleet-record.js';
import { jsonErrorAt } from '../json-position.js';
import { isObject, objectOf, oddityOf } from '../json-shape.js';
import type { Inventory } from './inventory.js';

/** Marks of values that must not be templated say nothing about the value. */
const unwrapped = (value: Json): Json => {
  if (Array.isArray(value)) return (value as Json[]).map(unwrapped);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, '__ansible_unsafe')) return value['__ansible_unsafe'] ?? null;
  return objectOf(Object.entries(value).map(([key, member]) => [key, unwrapped(member)]));
};

class JsonInventory {
  constructor(
    private readonly inventory: Inventory,
    private readonly file: string,
  ) {}

  read(data: JsonObject): void {
    for (const [name, group] of Object.entries(data)) if (name !== '_meta') this.group(name, group);
    const meta = data['_meta'];
    const variables = isObject(meta) ? meta['hostvars'] : undefined;
    if (variables === undefined) return;
    if (!isObject(variables)) return this.problem('hostvars must be an object', '_meta.hostvars');
    for (const name of this.inventory.hosts.keys()) this.hostVariables(name, variables);
  }

  private at(path: string): Source {
    return { ...(this.file === '' ? {} : { file: this.file }), path: path.slice(0, 200) };
  }

  private problem(problem: string, path: string): void {
    this.inventory.problem(problem, this.at(path));
  }

  private hostVariables(name: string, all: JsonObject): void {
    if (!Object.hasOwn(all, name)) return;
    const variables = all[name] as Json;
    const path = `_meta.hostvars.${name}`;
    if (!isObject(variables)) return this.problem('variables of a host must be an object', path);
    for (const [key, value] of Object.entries(variables))
      this.inventory.setHostVariable(name, key, unwrapped(value), this.at(path));
  }

  private group(name: string, data: Json): void {
    this.inventory.group(name);
    if (Array.isArray(data)) return this.hosts(name, data as Json[]);
    if (!isObject(data)) return this.problem('a group must be an object or a list of hosts', name);
    // Without any of the three it is a host of that name with its variables.
    if (!['hosts', 'vars', 'children'].some((section) => Object.hasOwn(data, section)))
      return this.simple(name, data);
    this.hosts(name, data['hosts'] ?? []);
    this.variables(name, data['vars'] ?? {});
    this.children(name, data['children'] ?? []);
  }

  private simple(name: string, variables: JsonObject): void {
    this.hosts(name, [name]);
    this.variables(name, variables);
  }

  private hosts(group: string, hosts: Json): void {
    const path = `${group}.hosts`;
    if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string'))
      return this.problem('hosts must be a list of names', path);
    for (const [index, host] of (hosts as string[]).entries())
      if (!this.inventory.addHost(host, group, this.at(`${path}[${index}]`))) return;
  }

  private variables(group: string, variables: Json): void {
    if (!isObject(variables)) return this.problem('vars must be an object', `${group}.vars`);
    for (const [key, value] of Object.entries(variables))
      this.inventory.setGroupVariable(group, key, unwrapped(value), this.at(`${group}.vars.${key}`));
  }

  private children(group: string, children: Json): void {
    const path = `${group}.children`;
    if (!Array.isArray(children) || !children.every((child) => typeof child === 'string'))
      return this.problem('children must be a list of names', path);
    for (const child of children as string[]) this.inventory.addChild(group, child, this.at(path));
  }
}

const parsed = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};

/** The answer of a dynamic inventory, and of `ansible-inventory --list`: groups, and `_meta.hostvars`. */
export const readJsonInventory = (text: string, file: string, inventory: Inventory, limits: Limits): void => {
  const named = file === '' ? {} : { file };
  const data = parsed(text);
  if (data === undefined) {
    const before = text.slice(0, jsonErrorAt(text) ?? 0).split('\n');
    const column = (before.at(-1) as string).length + 1;
    return inventory.problem('the text is not JSON', { ...named, line: before.length, column });
  }
  // Groups, hosts and their variables stand on four levels above every value.
  const oddity = oddityOf(data, limits.depth + 4);
  if (oddity)
    return inventory.problem(oddity.words, {
      ...named,
      path: oddity.path.toReversed().join('.').slice(0, 200),
    });
  if (isObject(data)) new JsonInventory(inventory, file).read(data);
  else inventory.problem('the inventory must be an object', named);
};
