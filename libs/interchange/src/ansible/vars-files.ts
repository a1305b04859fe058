import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import { isProblem, type Limits, type SourceFile } from '../fleet-record.js';
import { isObject, objectOf, oddityOf } from '../json-shape.js';
import { textOf } from '../text-lines.js';
import type { Inventory } from './inventory.js';
import type { VarsFiles } from './resolution.js';
import { ansibleYaml } from './yaml-inventory.js';

const variablesPath = /^(group_vars|host_vars)\/(.+)$/;
const extensions = new Set(['', '.yml', '.yaml', '.json']);

export const extensionOf = (path: string): string => /(?<=[^/])\.[^./]*$/.exec(path)?.[0] ?? '';
const isHidden = (name: string): boolean => name.startsWith('.') || name.endsWith('~');

export interface VarsPath {
  readonly of: 'groups' | 'hosts';
  /** What the file is named after: with its extension, and without. The file itself says which of them is meant. */
  readonly names: readonly string[];
  /** Whether it is one of several files in a folder that has the name. */
  readonly inFolder: boolean;
}

/** Whom a file's variables are for; undefined when it is no file of variables. */
export const varsPathOf = (path: string): VarsPath | undefined => {
  const found = variablesPath.exec(path);
  if (!found) return undefined;
  const of = found[1] === 'group_vars' ? 'groups' : 'hosts';
  const [first = '', ...rest] = (found[2] as string).split('/');
  if (rest.length > 0) return { of, names: [first], inFolder: true };
  const extension = extensionOf(first);
  const short = extension !== '' && extensions.has(extension) ? [first.slice(0, -extension.length)] : [];
  return { of, names: [first, ...short], inFolder: false };
};

/** In a folder of files, folders have no extension, and files one that is known, or none. */
const isRead = (path: string): boolean => {
  const nested = path.split('/').slice(2);
  const name = nested.pop();
  if (name === undefined) return true;
  if (isHidden(name) || nested.some(isHidden)) return false;
  return extensions.has(extensionOf(name)) && nested.every((folder) => extensionOf(folder) === '');
};

/** A folder before its neighbours, whatever characters their names go on with. */
const order = ({ path }: SourceFile): string => path.replaceAll('/', '\0');
export const byPath = (left: SourceFile, right: SourceFile): number =>
  order(left) < order(right) ? -1 : Number(order(left) > order(right));

/** JSON that is no YAML, such as with tabs in it. */
const jsonIn = (text: string, depth: number): Json | undefined => {
  try {
    const value = JSON.parse(text) as Json;
    return oddityOf(value, depth) ? undefined : value;
  } catch {
    return undefined;
  }
};

class VarsReader {
  readonly groups = new Map<string, JsonObject>();
  readonly hosts = new Map<string, JsonObject>();

  constructor(
    private readonly inventory: Inventory,
    private readonly limits: Limits,
  ) {}

  async take(file: SourceFile): Promise<void> {
    const found = varsPathOf(file.path);
    if (!found || !isRead(file.path)) return;
    const known = found.of === 'groups' ? this.inventory.groups : this.inventory.hosts;
    const name = found.names.find((one) => known.has(one));
    // Variables of a group that the inventory does not have are nobody's.
    if (name === undefined) return;
    const variables = await this.read(file);
    const before = this[found.of].get(name) ?? {};
    this[found.of].set(name, objectOf([...Object.entries(before), ...Object.entries(variables)]));
  }

  private async read({ path: relative, bytes, name: path = relative }: SourceFile): Promise<JsonObject> {
    const text = await textOf([bytes], this.limits, this.limits.yamlBytes);
    if (typeof text !== 'string') return this.refuse(path, text.problem, text.source);
    if (text.startsWith('$ANSIBLE_VAULT'))
      return this.refuse(path, 'the file is encrypted with a vault', { line: 1 });
    const read = ansibleYaml(text, path, this.limits);
    const known = isProblem(read) ? jsonIn(text, this.limits.depth) : read.value;
    if (isProblem(read) && known === undefined) return this.refuse(path, read.problem, read.source);
    const value: Json = known ?? {};
    return isObject(value) ? value : this.refuse(path, 'variables must be a mapping', {});
  }

  private refuse(file: string, problem: string, source: object): JsonObject {
    this.inventory.problem(problem, { ...source, file });
    return {};
  }
}

/**
 * The files of group_vars and host_vars, of which a folder's files come in alphabetical order. As in Ansible a folder, or a file
 * without an extension, hides files of the same name with one.
 */
export const readVarsFiles = async (
  files: readonly SourceFile[],
  inventory: Inventory,
  limits: Limits,
): Promise<VarsFiles> => {
  const reader = new VarsReader(inventory, limits);
  const taken = new Set<string>();
  const rank = ({ path }: SourceFile) => {
    const found = varsPathOf(path);
    return found?.inFolder === true
      ? 0
      : Math.max(0, ['', '.yml', '.yaml', '.json'].indexOf(extensionOf(path)));
  };
  for (const file of files.toSorted((a, b) => rank(a) - rank(b) || byPath(a, b))) {
    const found = varsPathOf(file.path);
    if (!found) continue;
    const key = `${found.of} ${found.names.at(-1)}`;
    if (taken.has(key) && !found.inFolder) continue;
    taken.add(key);
    await reader.take(file);
  }
  return reader;
};
