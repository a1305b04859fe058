import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostsListed } from '#libs/interchange/src/ansible/listed.js';
import { isProblem, type Read } from '#libs/interchange/src/fleet-record.js';
import { readFleet } from '#libs/interchange/src/read-fleet.js';
import { ansibleList, filesUnder, packed } from '#test/support/ansible.js';
import { needsPackage } from '#test/support/debian.js';
import { Chance } from '#test/support/mischief/random.js';

const kubespray = resolve('../shared/data/ansible/kubespray');

const read = (archive: Buffer, inventory?: string): Promise<Read[]> =>
  Array.fromAsync(readFleet('ansible-directory', [archive], inventory === undefined ? {} : { inventory }));

/** What we read of a packed folder, beside what Ansible lists of it. */
const bothOf = async (folder: string, inventory?: string) => {
  const reads = await read(packed(folder, '--gzip'), inventory);
  const ours = Object.fromEntries(
    reads.map((one) => {
      if (isProblem(one)) throw new Error(`${one.problem} ${JSON.stringify(one.source)}`);
      return [one.name, { variables: one.variables, labels: one.labels }];
    }),
  );
  return { ours, theirs: hostsListed(ansibleList(join(folder, inventory ?? '.'))) };
};

type Files = Readonly<Record<string, string>>;

const inventories: readonly [what: string, files: Files, inventory?: string][] = [
  [
    'variables of all, of groups and of hosts',
    {
      hosts:
        '[web]\nweb1 a=host\nweb2\n[web:vars]\na=group\nb=group\n[top:children]\nweb\n[top:vars]\nc=top\nb=top\n',
      'group_vars/all.yml': 'a: all\nb: all\nc: all\nd: [1, {e: null}]\n',
      'group_vars/top.yaml': 'c: file of top\ne: yes\n',
      'group_vars/web': 'b: file of web\nf: 0o17\n',
      'group_vars/nobody.yml': 'g: never\n',
      'host_vars/web1.json': '{\n\t"a": "file of host",\n\t"h": 1234567890123\n}',
    },
  ],
  [
    'folders of files, and files that hide others',
    {
      hosts: '[web]\nweb1\n[db]\ndb1.example.com\n',
      'group_vars/web/b.yml': 'a: b\nb: b\n',
      'group_vars/web/a.json': '{"a": "a", "c": "a"}',
      'group_vars/web/c': 'd: no extension\n',
      'group_vars/web/deeper/z.yml': 'a: deeper\ne: deeper\n',
      'group_vars/web/v1.2/z.yml': 'a: never\n',
      'group_vars/web/.hidden.yml': 'a: never\n',
      'group_vars/web/old.yml~': 'a: never\n',
      'group_vars/web/read.txt': 'a: never\n',
      'group_vars/web.yml': 'a: hidden by the folder\n',
      'group_vars/db.yml': 'a: yml\n',
      'group_vars/db.yaml': 'a: hidden by yml\nb: hidden by yml\n',
      'group_vars/all': 'x: all\n',
      'group_vars/all.yml': 'x: hidden by the other\n',
      'host_vars/db1.example.com.yml': 'h: 1\n',
      'host_vars/web1/a.yml': 'h: 2\n',
      'host_vars/web1/b.yml': '---\n# nothing\n',
    },
  ],
  [
    'groups of one depth, by name and by priority',
    {
      'inventory.yml': `
all:
  children:
    zeta: {hosts: {h1: {}, h2: {}}, vars: {a: zeta, b: zeta}}
    alpha: {hosts: {h1: {}}, vars: {a: alpha, b: alpha, ansible_group_priority: 10}}
    mid: {hosts: {h1: {}, h2: {}}, vars: {a: mid, c: mid}}
    deep: {children: {deeper: {children: {deepest: {hosts: {h2: }}}}}, vars: {a: deep}}
`,
      'group_vars/zeta.yml': 'd: zeta\n',
      'group_vars/alpha.yml': 'd: alpha\n',
      'group_vars/deepest.yml': 'a: deepest\nc: deepest\n',
    },
  ],
  [
    'several inventories, one after the other',
    {
      '01-static': '[web]\nweb1 a=1 b=1\nlone x=1\n[web:vars]\nv=1\nw=1\n',
      '02-more.yml':
        'web: {hosts: {web1: {b: 2}, web2: }, vars: {w: 2}}\nungrouped: {hosts: {web2: , alone: }}\n',
      '02-more/hosts': '[web]\nweb3\n',
      'a/b/c.yaml': 'db: {children: {web: }, vars: {v: 3, z: 3}}\n',
      'passed.ini': '[web]\nnever1\n',
      'passed.cfg': '[web]\nnever2\n',
      'README.md': '# fleet\n',
      'notes.txt': 'never3\n',
      '.git/config': '[core]\n',
      'group_vars/ungrouped.yml': 'u: 1\n',
      'group_vars/web.yml': 'g: 1\n',
    },
  ],
  [
    'hosts in no group but all',
    {
      'hosts.yaml': 'all: {hosts: {a: {x: 1}, b: }, children: {web: {hosts: {b: }}}}\n',
      'group_vars/ungrouped/one.yml': 'u: 1\n',
      'group_vars/all/one.yml': 'v: 1\n',
    },
  ],
  [
    'files without an extension, and in JSON',
    {
      fleet: '# written by hand\nall:\n  hosts:\n    a:\n      x: 1\n',
      ini: '# written by hand\n\n[web]\na y=2\n; the end\n',
      'list.json': '{"all": {"hosts": {"b": {"z": [3]}}}}',
    },
  ],
  [
    'one file among others',
    {
      'prod/hosts.ini': '[web]\nweb1\n',
      'prod/other': '[web]\nnever\n',
      'prod/group_vars/web.yml': 'env: prod\n',
      'stage/hosts.ini': '[web]\nweb9\n',
      'stage/group_vars/web.yml': 'env: stage\n',
    },
    'prod/hosts.ini',
  ],
  [
    'one folder among others',
    {
      'inventories/prod/hosts': '[web]\nweb1\n',
      'inventories/prod/group_vars/web.yml': 'env: prod\n',
      'inventories/stage/hosts': '[web]\nweb9\n',
      'site.yml': '- hosts: all\n',
      'roles/web/tasks/main.yml': '- ping:\n',
      'group_vars/all.yml': 'never: 1\n',
    },
    'inventories/prod',
  ],
];

const values = ['1', 'true', '"text"', '[1, 2]', '{k: v}', 'null', "'07'", '1.5', 'no'];

/** A fleet that nobody would write: each variable in as many places as chance has it. */
const anyInventory = (seed: number): Files => {
  const chance = new Chance(seed);
  const some = <T>(all: readonly T[], share: number): T[] => all.filter(() => chance.next() < share);
  const groups = Array.from({ length: 7 }, (_, n) => `g${(n * 5) % 7}`);
  const hosts = Array.from({ length: 5 }, (_, n) => `host${n}`);
  const variables = () => some(['a', 'b', 'c', 'd', 'e'], 0.4).map((key) => `${key}: ${chance.one(values)}`);
  const mapping = (lines: readonly string[]) => `{${lines.join(', ')}}`;
  const group = (name: string, depth: number): string => {
    const below = groups.slice(groups.indexOf(name) + 1);
    const children = depth === 0 ? [] : some(below, 0.3).map((one) => `${one}: ${group(one, depth - 1)}`);
    const members = some(hosts, 0.4).map((host) => `${host}: ${mapping(variables())}`);
    const priority = chance.next() < 0.3 ? [`ansible_group_priority: ${chance.below(4)}`] : [];
    const vars = [...variables(), ...priority];
    return `{children: ${mapping(children)}, hosts: ${mapping(members)}, vars: ${mapping(vars)}}`;
  };
  const source = () =>
    `${some([...groups, 'all', 'ungrouped'], 0.5)
      .map((name) => `${name}: ${group(name, 2)}\n`)
      .join('')}last: {}\n`;
  const files: Record<string, string> = { '1.yml': source(), '2': source(), 'sub/0.yaml': source() };
  const folders = ['', '/x.yml', '/y', '/sub/z.json', '.yml', '.yaml', '.json'];
  for (const name of [...some(groups, 0.6), 'all', 'ungrouped'])
    files[`group_vars/${name}${chance.one(folders)}`] = `${variables().join('\n')}\n`;
  for (const name of some(hosts, 0.6))
    files[`host_vars/${name}${chance.one(folders)}`] = `${variables().join('\n')}\n`;
  return files;
};

describe('an inventory in an archive', () => {
  beforeAll(() => needsPackage('/usr/bin/ansible-inventory', 'ansible-core'), 300_000);

  const expectSame = async (files: Files, inventory?: string) => {
    const folder = filesUnder(files);
    try {
      const { ours, theirs } = await bothOf(folder, inventory);
      expect(Object.keys(theirs).length).toBeGreaterThan(0);
      expect(ours).toEqual(theirs);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it.each(inventories)(
    'is what ansible-inventory lists: %s',
    (...[, files, inventory]) => expectSame(files, inventory),
    60_000,
  );

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'is what ansible-inventory lists, whatever is in it (%i)',
    (seed) => expectSame(anyInventory(seed)),
    60_000,
  );

  it('is what ansible-inventory lists of the sample of Kubespray, where that is at hand', async () => {
    for (const sample of [kubespray].filter((folder) => existsSync(folder))) {
      const folder = filesUnder({});
      cpSync(sample, folder, { recursive: true });
      // Its nodes are in remarks, for want of real ones.
      const nodes = readFileSync(join(sample, 'inventory.ini'), 'utf8').replaceAll(/^# (?=node\d)/gm, '');
      writeFileSync(join(folder, 'inventory.ini'), nodes);
      const { ours, theirs } = await bothOf(folder, 'inventory.ini');
      rmSync(folder, { recursive: true });
      expect(Object.keys(theirs)).toHaveLength(6);
      expect(ours).toEqual(theirs);
    }
  }, 60_000);
});
