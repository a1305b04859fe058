import { gzipSync } from 'node:zlib';
import { type Packed, tarOf } from '../archive/tar-sample.js';
import { isProblem, type Read } from '../fleet-record.js';
import { readFleet } from '../read-fleet.js';

type Files = Readonly<Record<string, string>>;

const archived = (files: Files, ...more: readonly Packed[]): Buffer =>
  tarOf(...Object.entries(files).map(([name, content]) => ({ name, content })), ...more);

const read = (archive: Buffer, inventory?: string): Promise<Read[]> =>
  Array.fromAsync(readFleet('ansible-directory', [archive], inventory === undefined ? {} : { inventory }));

/** Hosts with their variables, and problems with where they are. */
const told = async (archive: Buffer, inventory?: string) =>
  (await read(archive, inventory)).map((one) =>
    isProblem(one) ? [one.problem, one.source] : [one.name, one.variables],
  );

describe('an inventory in an archive', () => {
  const inventory: Files = { hosts: '[web]\nweb1\n', 'group_vars/web.yml': 'a: 1\n' };
  const prefixed = (folder: string): Files =>
    Object.fromEntries(Object.entries(inventory).map(([path, text]) => [`${folder}/${path}`, text]));
  const web1 = [['web1', { a: 1 }]];

  it.each(['.', 'inventory', './a/b', '/./a//b/.'.slice(1)])(
    'is read in whatever folder it is: %s',
    async (folder) => {
      expect(await told(archived(prefixed(folder)))).toEqual(web1);
      expect(await told(gzipSync(archived(prefixed(folder))))).toEqual(web1);
    },
  );

  it('is found beside what is none', async () => {
    const beside = { 'README.md': '# x', '.git/config': '[core]\n', '._hosts': '\0', 'a/notes.txt': 'x' };
    expect(await told(archived({ ...beside, ...prefixed('a') }))).toEqual(web1);
  });

  it('is what inventory= names, a folder or a file', async () => {
    const other: Files = {
      'site.yml': '- hosts: all\n',
      'b/hosts': 'never\n',
      'group_vars/web.yml': 'a: never\n',
    };
    const archive = archived({ ...other, ...prefixed('a') });
    expect(await told(archive, 'a')).toEqual(web1);
    expect(await told(archive, 'a/hosts')).toEqual(web1);
    expect(await told(archive, 'c')).toEqual([
      ['the archive has no file or folder of the name that inventory= says', {}],
    ]);
  });

  it('may be one file in INI, which Ansible passes over in folders', async () => {
    const { hosts = '', ...variables } = inventory;
    expect(await told(archived({ ...variables, 'fleet.ini': hosts }))).toEqual(web1);
    expect(
      await told(archived({ 'README.md': '', 'x/fleet.ini': hosts, 'x/group_vars/web.yml': 'a: 1' })),
    ).toEqual(web1);
    const two = archived({ 'a.ini': hosts, 'b.ini': hosts });
    expect(await told(two)).toEqual([
      ['inventory= has to say which file is the inventory: a.ini, b.ini, ...', {}],
    ]);
    expect(await told(two, 'b.ini')).toEqual([['web1', {}]]);
  });

  it.each<[string, Files, string | undefined]>([
    ['nothing', {}, undefined],
    ['no inventory', { 'README.md': 'x', 'group_vars/all.yml': 'a: 1' }, undefined],
  ])('with %s in it is refused', async (_, files, name) => {
    expect(await told(archived(files), name)).toEqual([['the archive holds no inventory', {}]]);
  });

  it('has problems at a file and a line of it, and is read otherwise', async () => {
    const files = {
      ...inventory,
      bad: '[web]\nweb2 x\n',
      'group_vars/all/broken.yml': 'a: 1\nb: [\n',
      'group_vars/all/list.yml': '- 1\n',
      'group_vars/all/secret.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n',
      'host_vars/web1.yml': 'x: 1\nx: 2\n',
      'inventory.py': '#!/usr/bin/env python\n',
      'plugin.yml': 'plugin: amazon.aws.aws_ec2\n',
      sealed: '$ANSIBLE_VAULT;1.1;AES256\n6162\n',
      'site.yml': '- hosts: all\n',
      'fleet.toml': '[web]\n',
    };
    const lines = await told(archived(files));
    expect(lines.slice(0, -1)).toEqual([
      ['key=value was expected after the host', { file: 'bad', line: 2 }],
      ['inventories in TOML are not read', { file: 'fleet.toml', line: 1 }],
      ['the file is a program, and programs are not run', { file: 'inventory.py', line: 1 }],
      ['a plugin is named, not an inventory', { file: 'plugin.yml' }],
      ['the file is encrypted with a vault', { file: 'sealed', line: 1 }],
      ['the inventory must be a mapping of groups', { file: 'site.yml' }],
      [expect.stringContaining('not YAML'), { file: 'group_vars/all/broken.yml', line: 2, column: 5 }],
      ['variables must be a mapping', { file: 'group_vars/all/list.yml' }],
      ['the file is encrypted with a vault', { file: 'group_vars/all/secret.yml', line: 1 }],
      [expect.stringContaining('twice'), { file: 'host_vars/web1.yml', line: 2, column: 1 }],
    ]);
    expect(lines.at(-1)).toEqual(['web1', { a: 1 }]);
  });

  it('has problems for what it only points to, where it would be read', async () => {
    const link = (name: string) => ({ name, type: '2' });
    const problem = expect.stringContaining('links are not followed');
    const links = ['group_vars', 'host_vars/web1.yml', 'more', 'README.md', '.hidden', '../up'].map(link);
    expect(await told(archived(inventory, ...links))).toEqual([
      [problem, { file: 'group_vars' }],
      [problem, { file: 'host_vars/web1.yml' }],
      [problem, { file: 'more' }],
      ['the name leads out of the archive', { file: '../up' }],
      ...web1,
    ]);
    const named = await told(
      archived(prefixed('a'), ...['a/more', 'a/group_vars/x', 'b/host_vars'].map(link)),
      'a/hosts',
    );
    expect(named).toEqual([[problem, { file: 'a/group_vars/x' }], ...web1]);
  });

  it('has a problem for variables that Ansible would not find', async () => {
    const files = {
      'prod/hosts': 'a\n',
      'prod/group_vars/all.yml': 'x: 1\n',
      'prod/group_vars/web.yml': 'x: 1\n',
      'stage/hosts': 'b\n',
    };
    expect(await told(archived(files))).toEqual([
      [expect.stringContaining('inventory= says which'), { file: 'prod/group_vars' }],
      ['a', {}],
      ['b', {}],
    ]);
  });

  it('keeps no more in memory than it may', async () => {
    const big = { name: 'roles/data.bin', content: Buffer.alloc(33 * 2 ** 20) };
    expect(await told(archived(inventory, big))).toEqual([
      [expect.stringContaining('more than 33554432 bytes'), {}],
    ]);
    expect(await told(archived(prefixed('a'), big), 'a')).toEqual(web1);
  });

  it('reads a file of a million empty lines, and of a million remarks, in no time', async () => {
    for (const line of ['\n', '# x\n', '    \n', ';\n'])
      expect(await told(archived({ hosts: `${line.repeat(1_000_000)}web1\n` }))).toEqual([['web1', {}]]);
  });
});
