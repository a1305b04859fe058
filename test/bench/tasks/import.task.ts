import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Imported, Importing } from '../importing.js';
import { task } from '../task.js';

const longestMs = 240_000;
const together = 200;

const rowOf = (number: number, regions: number): object => ({
  kind: 'host',
  cloud: 'cloud-1',
  region: `region-${number % regions}`,
  name: `imported-${number}.example.org`,
  ip_address: `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`,
  device_type: 'server',
  variables: {
    kernel: '6.12',
    cores: 2 ** (3 + (number % 5)),
    memory_gb: 256,
    rack: `rack-${number % 500}`,
    unit: number % 42,
    serial: `SN${1_000_000 + number}`,
    ntp_servers: ['10.0.0.1', '10.0.0.2'],
    bios: { vendor: 'Example', version: `1.${number % 30}` },
    managed: true,
    owner: 'operations',
  },
});

function* texts({ hosts, regions }: Importing): Generator<string> {
  for (let from = 0; from < hosts; from += together) {
    const count = Math.min(together, hosts - from);
    yield Array.from(
      { length: count },
      (_, index) => `${JSON.stringify(rowOf(from + index, regions))}\n`,
    ).join('');
  }
}

/** Answers how long it took from the first byte that was sent to the last one that was answered, and the answer's last line. */
task((importing: Importing): Promise<Imported> => {
  const { url, headers } = importing;
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const options = {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/x-ndjson' },
      timeout: longestMs,
    };
    const asked = request(`${url}/v1/import`, options, (response) => {
      let [bytes, end] = [0, ''];
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        bytes += text.length;
        end = (end + text).slice(-5000);
      });
      response.once('error', reject);
      response.once('end', () => {
        const last = end.trimEnd().split('\n').at(-1) ?? '';
        const seconds = (performance.now() - begun) / 1000;
        if (response.statusCode === 200) resolve({ seconds, bytes, last });
        else reject(new Error(`the import was answered with ${response.statusCode}: ${end}`));
      });
    });
    asked.once('timeout', () => asked.destroy(new Error('the import was not answered in time')));
    asked.once('error', reject);
    pipeline(Readable.from(texts(importing)), asked).catch(reject);
  });
});
