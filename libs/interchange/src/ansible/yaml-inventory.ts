import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { Limits, RowProblem, Source } from '../fleet-record.js';
import { isObject } from '../json-shape.js';
import { readYaml } from '../yaml-text.js';
import { yaml11 } from '../yaml-scalars.js';
import { BadPattern, hostsOf } from './host-pattern.js';
import type { Inventory } from './inventory.js';

/** Vaults stay locked: what is in them is kept as the ciphertext that it is, in the form that Ansible's own JSON has. */
const tags: ReadonlyMap<string, (text: string) => Json> = new Map([
  ['!vault', (text: string): Json => ({ __ansible_vault: text })],
  ['!vault-encrypted', (text: string): Json => ({ __ansible_vault: text })],
  ['!unsafe', (text: string): Json => text],
]);

/** YAML as Ansible reads it: version 1.1, with its tags. JSON is a part of it. */
export const ansibleYaml = (text: string, file: string, limits: Limits): { value: Json } | RowProblem =>
  readYaml(text, { limits, scalars: yaml11, tags, ...(file === '' ? {} : { file }) });

const sections = new Set(['hosts', 'vars', 'children']);

/** Adds the hosts that a pattern stands for, with their variables. */
export const addHosts = (
  inventory: Inventory,
  pattern: string,
  { group, variables, source }: { group: string; variables: JsonObject; source: Source },
): void => {
  try {
    const { names, port } = hostsOf(pattern, inventory.hostsLeft);
    for (const name of names) {
      if (!inventory.addHost(name, group, source, port)) return;
      for (const [key, value] of Object.entries(variables))
        inventory.setHostVariable(name, key, value, source);
    }
  } catch (error) {
    if (!(error instanceof BadPattern)) throw error;
    inventory.problem(error.message, source);
  }
};

class YamlInventory {
  constructor(
    private readonly inventory: Inventory,
    private readonly file: string,
  ) {}

  group(name: string, data: Json, path: string): void {
    const source = this.at(path);
    if (data !== null && !isObject(data)) return this.inventory.problem('a group must be a mapping', source);
    this.inventory.group(name);
    for (const [section, content] of Object.entries(data ?? {})) {
      const where = `${path}.${section}`;
      if (!sections.has(section))
        this.inventory.problem('a group has only hosts, vars and children', this.at(where));
      else this.section(name, section, { content, path: where });
    }
  }

  private at(path: string): Source {
    return { ...(this.file === '' ? {} : { file: this.file }), path: path.slice(0, 200) };
  }

  private section(group: string, section: string, { content, path }: { content: Json; path: string }): void {
    const members = typeof content === 'string' ? { [content]: null } : (content ?? {});
    if (!isObject(members)) return this.inventory.problem(`${section} must be a mapping`, this.at(path));
    for (const [name, value] of Object.entries(members))
      this.member(group, section, { name, value, path: `${path}.${name}` });
  }

  private member(group: string, section: string, one: { name: string; value: Json; path: string }): void {
    const { name, value, path } = one;
    if (section === 'vars') this.inventory.setGroupVariable(group, name, value, this.at(path));
    else if (section === 'children') {
      this.inventory.addChild(group, name, this.at(path));
      this.group(name, value, path);
    } else this.hosts(group, one);
  }

  private hosts(group: string, { name, value, path }: { name: string; value: Json; path: string }): void {
    const source = this.at(path);
    // Whatever is empty in Python stands for no variables.
    const variables = isObject(value) ? value : value ? undefined : {};
    if (variables) addHosts(this.inventory, name, { group, variables, source });
    else this.inventory.problem('variables of a host must be a mapping', source);
  }
}

/** Ansible's YAML format: groups with `hosts`, `vars` and `children`, one within another. */
export const readYamlInventory = (text: string, file: string, inventory: Inventory, limits: Limits): void => {
  // A level of groups takes two of YAML.
  const read = ansibleYaml(text, file, limits);
  if ('problem' in read) return inventory.problem(read.problem, read.source);
  const named = file === '' ? {} : { file };
  // Nothing but remarks: that an inventory in one text must not be.
  if (read.value === null && file !== '') return undefined;
  if (!isObject(read.value)) return inventory.problem('the inventory must be a mapping of groups', named);
  if (Object.hasOwn(read.value, 'plugin') && !isObject(read.value['plugin']))
    return inventory.problem('a plugin is named, not an inventory', named);
  const reader = new YamlInventory(inventory, file);
  for (const [name, group] of Object.entries(read.value)) reader.group(name, group, name);
};
