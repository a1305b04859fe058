import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needsPackage } from '#test/support/debian.js';
import { type Gateway, startGateway } from '#test/support/gateway.js';
import { smallFleet } from '#test/support/small-fleet.js';

interface Listed {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly [group: string]: {
    readonly hosts?: readonly string[];
    readonly children?: readonly string[];
  } & object;
}

/** What ansible-inventory makes of a script that answers the text. */
const madeOf = async (text: string): Promise<Listed> => {
  const directory = await mkdtemp(join(tmpdir(), 'craton-ansible-'));
  const [list, script] = [join(directory, 'list.json'), join(directory, 'list.sh')];
  await writeFile(list, text);
  await writeFile(script, `#!/bin/sh\ncat '${list}'\n`, { mode: 0o755 });
  const environment = {
    PATH: process.env['PATH'],
    HOME: directory,
    LC_ALL: 'C.UTF-8',
    ANSIBLE_LOCAL_TEMP: directory,
  };
  try {
    const options = { env: environment, timeout: 60_000, encoding: 'utf8' } as const;
    return JSON.parse(execFileSync('ansible-inventory', ['-i', script, '--list'], options)) as Listed;
  } finally {
    await rm(directory, { recursive: true });
  }
};

describe('the real ansible-inventory', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    await needsPackage('/usr/bin/ansible-inventory', 'ansible-core');
    gateway = await startGateway();
    await smallFleet(gateway.root);
  }, 300_000);
  afterAll(() => gateway.close());

  it('accepts the inventory as it is', async () => {
    const { text, body } = await gateway.root.get('/v1/ansible-inventory');
    const theirs = await madeOf(text);
    expect(theirs['_meta']).toEqual((body as Listed)['_meta']);
    expect(theirs['cell_east_rack_1']?.hosts).toEqual(['node1']);
    expect(theirs['parent_node1']?.hosts).toEqual(['box1']);
  }, 90_000);
});
