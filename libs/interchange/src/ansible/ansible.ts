import { isIP } from 'node:net';
import type { Json } from '#libs/kernel/src/json.js';
import {
  fleetKinds,
  placeNames,
  type ByteStream,
  type FleetKind,
  type FleetRecord,
  type Limits,
  type Read,
  type SourceFile,
} from '../fleet-record.js';
import { objectOf } from '../json-shape.js';
import { textOf } from '../text-lines.js';
import { readIni } from './ini.js';
import { Inventory } from './inventory.js';
import { readJsonInventory } from './json-inventory.js';
import { resolveHosts, type ResolvedHost } from './resolution.js';
import { readVarsFiles, varsPathOf } from './vars-files.js';
import { readYamlInventory } from './yaml-inventory.js';

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

const resolved = async function* (
  inventory: Inventory,
  files: readonly SourceFile[],
  limits: Limits,
): AsyncGenerator<Read> {
  const vars = await readVarsFiles(files, inventory, limits);
  const hosts = resolveHosts(inventory, vars);
  yield* inventory.problems;
  if (inventory.more > 0) yield { problem: `there are ${inventory.more} problems more`, source: {} };
  for (const host of hosts()) yield recordOf(host);
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

const formatOf = (path: string, text: string): AnsibleFormat => {
  if (/\.json$/i.test(path)) return 'ansible-json';
  if (/\.ya?ml$/i.test(path)) return 'ansible-yaml';
  return text.trimStart().startsWith('{') ? 'ansible-json' : 'ansible-ini';
};

/** An inventory of several files: those in group_vars and host_vars, and the others, in alphabetical order, as inventories. */
export async function* readAnsibleFiles(files: readonly SourceFile[], limits: Limits): AsyncGenerator<Read> {
  const inventory = new Inventory(limits);
  const sources = files.filter(({ path }) => !varsPathOf(path));
  for (const { path, bytes } of sources.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const text = await textOf([bytes], limits);
    if (typeof text !== 'string') inventory.problem(text.problem, { ...text.source, file: path });
    else readers[formatOf(path, text)](text, path, inventory, limits);
  }
  yield* resolved(inventory, files, limits);
}
