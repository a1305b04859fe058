import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from './figure.js';

export interface ChildOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Of Node, beside those for a profile. */
  readonly flags?: readonly string[];
  /** What its profile is called; without a name it is never profiled. */
  readonly name?: string;
}

const profiling = ({ profiles }: Bench, name: string | undefined): string[] =>
  profiles === undefined || name === undefined
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`];

let children = 0;

/** A process of its own, so that neither heap nor compiled code of one measurement is there in the next. */
export class Child {
  private constructor(
    readonly process: ChildProcess,
    private readonly output: string,
  ) {}

  static start(bench: Bench, script: string, options: ChildOptions = {}): Child {
    const output = join(bench.folder, `child-${(children += 1)}.log`);
    const file = openSync(output, 'w');
    const child = fork(fileURLToPath(new URL(script, import.meta.url)), [], {
      cwd: bench.folder,
      env: { PATH: process.env['PATH'], ...options.environment },
      execArgv: [...(options.flags ?? []), ...profiling(bench, options.name)],
      stdio: ['ignore', file, file, 'ipc'],
    });
    closeSync(file);
    return new Child(child, output);
  }

  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  get id(): number {
    return this.process.pid as number;
  }

  /** What it wrote last, for an error's message. */
  get ending(): string {
    return readFileSync(this.output, 'utf8').slice(-2000);
  }

  /** SIGTERM, and SIGKILL for one that does not end within ten seconds. */
  async stop(): Promise<void> {
    if (this.ended) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const late = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(late);
  }
}

const longestMs = 600_000;

/** Runs one of the `tasks/` in a process of its own and resolves with its answer. */
export const perform = async <Answer>(
  bench: Bench,
  task: string,
  input: object,
  name?: string,
): Promise<Answer> => {
  const child = Child.start(bench, `./tasks/${task}.task.js`, name === undefined ? {} : { name });
  const late = setTimeout(() => child.process.kill('SIGKILL'), longestMs);
  try {
    const answered = once(child.process, 'message');
    const exited = once(child.process, 'exit');
    child.process.send(input);
    const first = await Promise.race([answered, exited.then(() => undefined)]);
    if (first === undefined) throw new Error(`${task} gave no answer:\n${child.ending}`);
    await exited;
    return first[0] as Answer;
  } finally {
    clearTimeout(late);
    await child.stop();
  }
};
