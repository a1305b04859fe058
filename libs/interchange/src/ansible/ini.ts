import type { Limits, Source } from '../fleet-record.js';
import { BadPattern, hostsOf } from './host-pattern.js';
import type { Inventory } from './inventory.js';
import { pythonValue } from './python-literal.js';
import { BadWords, shellWords } from './shell-words.js';

type State = 'hosts' | 'children' | 'vars';

interface Declaration {
  readonly source: Source;
  readonly problem: string;
}

const section = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/u;
const groupName = /^([^:\]\s]+)\s*(?:#.*)?$/u;
const states = new Set<string>(['hosts', 'children', 'vars']);

/** Reads an INI inventory line by line; a line that cannot be read is a problem of its own. */
class IniReader {
  private group = 'ungrouped';
  private state: State = 'hosts';
  /** Groups that a section header names, as hosts or children; only they exist. */
  private readonly declared = new Set(['all', 'ungrouped']);
  private readonly referred = new Map<string, Declaration>();

  constructor(
    private readonly inventory: Inventory,
    private readonly limits: Limits,
  ) {}

  line(text: string, source: Source): void {
    if (text.length > this.limits.rowBytes)
      return this.inventory.problem(`the line is longer than ${this.limits.rowBytes} bytes`, source);
    const line = text.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    if (line.startsWith('[') && this.header(line, source)) return;
    if (this.state === 'hosts') this.hosts(line, source);
    else if (this.state === 'vars') this.variable(line, source);
    else this.child(line, source);
  }

  end(): void {
    for (const [group, { source, problem }] of this.referred)
      if (!this.declared.has(group)) this.inventory.problem(problem, source);
  }

  private header(line: string, source: Source): boolean {
    const found = section.exec(line);
    if (!found) {
      if (line.endsWith(']')) this.inventory.problem('the section has no acceptable name', source);
      return line.endsWith(']');
    }
    const [, group = '', state = 'hosts'] = found;
    if (!states.has(state)) {
      this.inventory.problem('a section must be of hosts, children or vars', source);
      return true;
    }
    this.group = group;
    this.state = state as State;
    this.inventory.group(group);
    if (state !== 'vars') this.declared.add(group);
    else this.refer(group, 'variables are given to a group that is not defined', source);
    return true;
  }

  private refer(group: string, problem: string, source: Source): void {
    if (!this.referred.has(group)) this.referred.set(group, { source, problem });
  }

  private child(line: string, source: Source): void {
    const child = groupName.exec(line)?.[1];
    if (child === undefined) return this.inventory.problem('the name of a group was expected', source);
    this.refer(child, 'the child is a group that is not defined', source);
    this.inventory.addChild(this.group, child, source);
  }

  private variable(line: string, source: Source): void {
    const at = line.indexOf('=');
    if (at < 0) return this.inventory.problem('key=value was expected', source);
    const value = pythonValue(line.slice(at + 1).trim(), this.limits.depth);
    this.inventory.setGroupVariable(this.group, line.slice(0, at).trim(), value, source);
  }

  private hosts(line: string, source: Source): void {
    try {
      const [pattern, ...assignments] = shellWords(line);
      if (pattern !== undefined) this.add(pattern, assignments, source);
    } catch (error) {
      if (!(error instanceof BadWords || error instanceof BadPattern)) throw error;
      this.inventory.problem(error.message, source);
    }
  }

  private add(pattern: string, assignments: readonly string[], source: Source): void {
    const { names, port } = hostsOf(pattern, this.inventory.hostsLeft);
    const variables = assignments.map((assignment) => {
      const at = assignment.indexOf('=');
      if (at < 0) throw new BadPattern('key=value was expected after the host');
      return [assignment.slice(0, at), pythonValue(assignment.slice(at + 1), this.limits.depth)] as const;
    });
    for (const name of names) {
      if (!this.inventory.addHost(name, this.group, source, port)) return;
      for (const [key, value] of variables) this.inventory.setHostVariable(name, key, value, source);
    }
  }
}

/** Ansible's INI format: sections of hosts, `:children` and `:vars`; values are Python literals in both places. */
export const readIni = (text: string, file: string, inventory: Inventory, limits: Limits): void => {
  const reader = new IniReader(inventory, limits);
  const named = file === '' ? {} : { file };
  for (const [index, line] of text.split('\n').entries()) reader.line(line, { ...named, line: index + 1 });
  reader.end();
};
