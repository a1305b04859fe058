import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { until } from './until.js';

const hooks = new URL('typescript-hooks.js', import.meta.url).href;
const root = new URL('../../', import.meta.url);

/** One of our programs as a process of its own, from its sources. */
export class Program {
  /** All that it wrote so far. */
  out = '';
  log = '';
  private readonly child: ChildProcess;
  private readonly end: Promise<number | null>;

  /** `environment` is all that it gets, beside PATH. */
  constructor(path: string, environment: Readonly<Record<string, string>>) {
    const main = new URL(path, root).pathname;
    this.child = spawn(process.execPath, ['--conditions=source', '--import', hooks, main], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.out += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.log += chunk.toString()));
    this.end = new Promise((resolve) => this.child.once('close', resolve));
  }

  /** The address that it says it answers at; rejects when it ends before. */
  async url(): Promise<string> {
    const found = () => /"url":"(http:[^"]+)"/.exec(this.log)?.[1];
    await until(
      () => found() !== undefined || this.child.exitCode !== null,
      60_000,
      () => `it did not answer: ${this.log}`,
    );
    const url = found();
    if (url === undefined) throw new Error(`it ended: ${this.log}`);
    return url;
  }

  /** The exit code; null when a signal ended it. */
  ended(): Promise<number | null> {
    return this.end;
  }

  stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.end;
  }
}

/** What a shell answers to these lines. */
export const shell = async (lines: string): Promise<string> => {
  const { stdout } = await promisify(execFile)('bash', ['-euc', lines], { timeout: 30_000 });
  return stdout;
};
