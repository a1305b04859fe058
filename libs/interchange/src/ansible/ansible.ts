import { isIP } from 'node:net';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Json } from '#libs/kernel/src/json.js';
import {
  fleetKinds,
  isProblem,
  placeNames,
  type ByteStream,
  type FleetKind,
  type FleetRecord,
  type Limits,
  type Read,
  type SourceFile,
} from '../fleet-record.js';
import { isObject, objectOf } from '../json-shape.js';
import { archiveFiles } from '../archive/archive-files.js';
import { BadArchive } from '../archive/bad-archive.js';
import { textOf } from '../text-lines.js';
import { type Directory, directoryOf, mayMatter } from './directory.js';
import { readIni } from './ini.js';
import { Inventory } from './inventory.js';
import { readJsonInventory } from './json-inventory.js';
import { resolveHosts, type ResolvedHost } from './resolution.js';
import { byPath, extensionOf, readVarsFiles, varsPathOf } from './vars-files.js';
import { ansibleYaml, readYamlInventory } from './yaml-inventory.js';

export type AnsibleFormat = 'ansible-ini' | 'ansible-yaml' | 'ansible-json';

const readers = {
  'ansible-ini': readIni,
  'ansible-yaml': readYamlInventory,
  'ansible-json': readJsonInventory,
} as const;

const kinds = new Set<Json>(fleetKinds);

/** What our own inventories say beyond Ansible's: variables with this prefix are not variables. */
export const ownPrefix = 'craton_';
const ownFields = new Set(['device_type', 'active', 'note']);

const addressOf = (name: string, host: Json | undefined): string | undefined =>
  [host, name].find((one): one is string => typeof one === 'string' && isIP(one) !== 0);

/** A host of an inventory: its groups are labels, its variables are resolved, since a fleet has no groups to keep them on. */
const recordOf = ({ name, groups, variables, source }: ResolvedHost): FleetRecord => {
  const own = new Map<string, Json>();
  const others: [string, Json][] = [];
  for (const [key, value] of Object.entries(variables)) {
    if (key.startsWith(ownPrefix)) own.set(key.slice(ownPrefix.length), value);
    else others.push([key, value]);
  }
  const kind = own.get('kind');
  const address = addressOf(name, variables['ansible_host']);
  const texts = placeNames.flatMap((one) => {
    const value = own.get(one);
    return typeof value === 'string' && value !== '' ? [[one, value] as const] : [];
  });
  const labels = own.get('labels');
  const given = own.get('name');
  return {
    kind: kinds.has(kind as Json) ? (kind as FleetKind) : 'host',
    name: typeof given === 'string' && given !== '' ? given : name,
    place: Object.fromEntries(texts),
    fields: {
      ...(address === undefined ? {} : { ip_address: address }),
      ...Object.fromEntries([...own].filter(([key]) => ownFields.has(key))),
    },
    labels: Array.isArray(labels) ? labels.filter((label) => typeof label === 'string') : groups,
    variables: objectOf(others),
    source,
  };
};

const longestTurnMs = 10;

const resolved = async function* (
  inventory: Inventory,
  files: readonly SourceFile[],
  limits: Limits,
): AsyncGenerator<Read> {
  const vars = await readVarsFiles(files, inventory, limits);
  const hosts = resolveHosts(inventory, vars, limits);
  yield* inventory.problems;
  if (inventory.more > 0) yield { problem: `there are ${inventory.more} problems more`, source: {} };
  let turn = performance.now();
  for (const host of hosts()) {
    yield isProblem(host) ? host : recordOf(host);
    if (performance.now() - turn < longestTurnMs) continue;
    await othersTurn();
    turn = performance.now();
  }
};

/** An inventory in one text. Its problems come first, then every host that could be read. */
export async function* readAnsible(
  format: AnsibleFormat,
  stream: ByteStream,
  limits: Limits,
): AsyncGenerator<Read> {
  const text = await textOf(stream, limits, format === 'ansible-yaml' ? limits.yamlBytes : limits.wholeBytes);
  if (typeof text !== 'string') return void (yield text);
  const inventory = new Inventory(limits);
  readers[format](text, '', inventory, limits);
  yield* resolved(inventory, [], limits);
}

type Reader = (typeof readers)[AnsibleFormat];

/** The answer of a script that somebody kept, rather than an inventory that was written. */
const isListing = (text: string): boolean => {
  try {
    const data = JSON.parse(text) as Json;
    if (!isObject(data)) return false;
    const groups = Object.values(data);
    return '_meta' in data || groups.some((group) => Array.isArray(isObject(group) ? group['hosts'] : group));
  } catch {
    return false;
  }
};

const isYaml = (text: string, limits: Limits): boolean => {
  const [first = ''] = /^[ \t]*[^\s#;].*$/m.exec(text) ?? [];
  if (!/:|^(?:---|\{)/.test(first) || text.length > limits.yamlBytes) return false;
  const read = ansibleYaml(text, '', limits);
  return 'value' in read && isObject(read.value);
};

/** As Ansible goes about it: by the extension, and by what is in it where there is none. */
const readerOf = (path: string, text: string, limits: Limits): Reader => {
  const extension = extensionOf(path);
  if (/^\.ya?ml$/.test(extension)) return readYamlInventory;
  if (extension !== '' && extension !== '.json') return readIni;
  if (text.trimStart().startsWith('{')) return isListing(text) ? readJsonInventory : readYamlInventory;
  return extension === '.json' || isYaml(text, limits) ? readYamlInventory : readIni;
};

/** What keeps a file from being read. */
const obstacle = (path: string, text: string): string | undefined => {
  if (text.startsWith('#!')) return 'the file is a program, and programs are not run';
  if (text.startsWith('$ANSIBLE_VAULT')) return 'the file is encrypted with a vault';
  return path.endsWith('.toml') ? 'inventories in TOML are not read' : undefined;
};

const readSource = async (
  { path, bytes, name: file = path }: SourceFile,
  inventory: Inventory,
  limits: Limits,
): Promise<void> => {
  const text = await textOf([bytes], limits);
  if (typeof text !== 'string') return inventory.problem(text.problem, { ...text.source, file });
  const problem = obstacle(path, text);
  if (problem !== undefined) return inventory.problem(problem, { file, line: 1 });
  readerOf(path, text, limits)(text, file, inventory, limits);
};

/**
 * An inventory of several files: those of group_vars and host_vars beside it, and the others, in alphabetical order, as inventories.
 * A later one overrides what an earlier one says.
 */
export async function* readAnsibleFiles(files: readonly SourceFile[], limits: Limits): AsyncGenerator<Read> {
  const inventory = new Inventory(limits);
  const sources = files.filter(({ path }) => !varsPathOf(path));
  for (const file of sources.toSorted(byPath)) await readSource(file, inventory, limits);
  yield* resolved(inventory, files, limits);
}

/**
 * An inventory with its files of variables in a tar archive, packed with gzip or not. `inventory`: the file or folder of the archive
 * that is meant, as `-i` would say it; by default the folder that everything is in.
 */
export async function* readAnsibleArchive(
  stream: ByteStream,
  limits: Limits,
  inventory?: string,
): AsyncGenerator<Read> {
  let directory: Directory;
  try {
    directory = directoryOf(await archiveFiles(stream, limits, mayMatter(inventory)), inventory);
  } catch (error) {
    if (!(error instanceof BadArchive)) throw error;
    return void (yield { problem: error.message, source: {}, fatal: true });
  }
  yield* directory.problems;
  yield* readAnsibleFiles(directory.files, limits);
}
