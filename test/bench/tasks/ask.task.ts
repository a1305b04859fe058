import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Answered, Asking } from '../asks.js';
import { task } from '../task.js';

const longestMs = 240_000;

interface Ask {
  readonly url: string;
  readonly method: 'GET' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Length of the answer, which is thrown away as it comes. */
const lengthOf = ({ url, body, ...options }: Ask): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { ...options, agent, timeout: longestMs }, (response) => {
      let length = 0;
      response.on('data', (chunk: Buffer) => void (length += chunk.length));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === 200) resolve(length);
        else reject(new Error(`${url} was answered with ${response.statusCode}`));
      });
    });
    asked.once('error', reject);
    asked.once('timeout', () => asked.destroy(new Error(`${url} was not answered in time`)));
    asked.end(body);
  });

task(async ({ url, headers, paths, count, skipped, changed }: Asking): Promise<Answered> => {
  const ms: number[] = [];
  let bytes = 0;
  const change = (value: string) => {
    const typed = { ...headers, 'Content-Type': 'application/json' };
    return lengthOf({
      url: url + changed,
      method: 'PUT',
      headers: typed,
      body: JSON.stringify({ touched: value }),
    });
  };
  for (let index = 0; index < skipped + count; index += 1) {
    if (changed !== undefined) await change(`${process.pid} ${index}`);
    const begun = performance.now();
    bytes = await lengthOf({ url: url + paths[index % paths.length], method: 'GET', headers });
    if (index >= skipped) ms.push(performance.now() - begun);
  }
  agent.destroy();
  return { ms, bytes };
});
