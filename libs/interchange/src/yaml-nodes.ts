import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type LineCounter,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Json, JsonObject } from '#libs/kernel/src/json.js';
import type { Limits, Source } from './fleet-record.js';
import { isObject, objectOf } from './json-shape.js';
import type { ScalarRules } from './yaml-scalars.js';

export class YamlProblem extends Error {
  constructor(
    readonly problem: string,
    readonly source: Source,
  ) {
    super(problem);
  }
}

export interface NodeOptions {
  readonly limits: Limits;
  readonly scalars: ScalarRules;
  readonly lines: LineCounter;
  /** What a tag of an application makes of the text after it; a tag that is not here is refused. */
  readonly tags: ReadonlyMap<string, (text: string) => Json>;
}

const core = 'tag:yaml.org,2002:';
const shapes = new Set([`${core}map`, `${core}seq`, `${core}str`]);
const simple = new Set([`${core}null`, `${core}bool`, `${core}int`, `${core}float`]);

interface Anchored {
  readonly value: Json;
  /** How many values it stands for, with its aliases written out. */
  readonly size: number;
}

/** Nodes to JSON, in linear time: an alias gives the value that is there already, and counts for all that it stands for. */
export class NodeReader {
  private readonly anchors = new Map<string, Anchored | 'open'>();
  private size = 0;

  constructor(private readonly options: NodeOptions) {}

  read(node: Node | null): Json {
    return node === null ? null : this.value(node, this.options.limits.depth);
  }

  where(node: Node | null): Source {
    const offset = node?.range?.[0] ?? 0;
    const { line, col } = this.options.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  private fail(problem: string, node: unknown): never {
    throw new YamlProblem(problem, this.where(node as Node));
  }

  private count(more: number, node: Node): void {
    this.size += more;
    if (this.size > this.options.limits.nodes)
      this.fail(
        `the document holds more than ${this.options.limits.nodes} values, aliases written out`,
        node,
      );
  }

  private value(node: Node, depth: number): Json {
    if (depth < 0) this.fail('the nesting is too deep', node);
    if (isAlias(node)) return this.alias(node);
    const before = this.size;
    this.count(1, node);
    const anchor = (node as Scalar | YAMLMap | YAMLSeq).anchor;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const value = this.plainValue(node, depth);
    if (anchor !== undefined) this.anchors.set(anchor, { value, size: this.size - before });
    return value;
  }

  private alias(node: Alias): Json {
    const anchored = this.anchors.get(node.source);
    if (anchored === undefined) return this.fail('the alias has no anchor before it', node);
    if (anchored === 'open') return this.fail('the alias stands inside its own anchor', node);
    this.count(anchored.size, node);
    return anchored.value;
  }

  private plainValue(node: Node, depth: number): Json {
    if (isScalar(node)) return this.scalar(node);
    const tag = (node as YAMLMap).tag;
    if (tag !== undefined && !shapes.has(tag)) this.fail('the tag is not allowed', node);
    if (isMap(node)) return this.map(node, depth);
    if (isSeq(node)) return node.items.map((item) => (item ? this.value(item as Node, depth - 1) : null));
    return this.fail('the value is not YAML', node);
  }

  private scalar(node: Scalar): Json {
    const text = typeof node.value === 'string' ? node.value : '';
    const { tag } = node;
    if (tag === undefined) return node.type === 'PLAIN' ? this.plain(text) : text;
    return tag === '!' || shapes.has(tag) ? text : this.tagged(text, tag, node);
  }

  private plain(text: string): Json {
    const value = this.options.scalars(text);
    return value === undefined ? text : value;
  }

  private tagged(text: string, tag: string, node: Scalar): Json {
    const made = this.options.tags.get(tag);
    if (made) return made(text);
    return simple.has(tag) ? this.plain(text) : this.fail('the tag is not allowed', node);
  }

  private map(node: YAMLMap, depth: number): JsonObject {
    const members = new Map<string, Json>();
    const merged: JsonObject[] = [];
    for (const { key, value } of node.items as Pair<Node | null, Node | null>[]) {
      const made = value ? this.value(value, depth - 1) : null;
      if (isScalar(key) && key.type === 'PLAIN' && key.value === '<<') merged.push(...this.merge(made, key));
      else this.member(members, key, made);
    }
    if (merged.length === 0) return objectOf(members);
    // What is nearer wins: the map's own members, then the first of those merged in.
    const all = merged.toReversed().flatMap((one) => Object.entries(one));
    this.count(all.length, node);
    return objectOf([...all, ...members]);
  }

  private member(members: Map<string, Json>, key: Node | null, value: Json): void {
    const name = key === null ? 'null' : this.key(key);
    if (name === '__proto__') this.fail('__proto__ is not acceptable as a name', key);
    if (members.has(name)) this.fail('the key comes twice in one mapping', key);
    members.set(name, value);
  }

  private key(key: Node): string {
    const value = this.value(key, 1);
    if (typeof value !== 'object') return String(value);
    return value === null ? 'null' : this.fail('a key must be a text', key);
  }

  private merge(value: Json, key: Node): JsonObject[] {
    const maps = Array.isArray(value) ? (value as Json[]) : [value];
    if (!maps.every(isObject)) this.fail('only mappings can be merged', key);
    return maps as JsonObject[];
  }
}
