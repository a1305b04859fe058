import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readAnsibleFiles } from './ansible/ansible.js';
import { defaultLimits, isProblem, type FleetRecord } from './fleet-record.js';
import { readYaml } from './yaml-text.js';
import { yaml11 } from './yaml-scalars.js';

const data = resolve('../shared/data/ansible');

/** Files of other projects are not part of this one; where they are absent there is nothing to compare with. */
const filesOf = (project: string): { path: string; bytes: Buffer }[] => {
  const folder = join(data, project);
  if (!existsSync(folder)) {
    process.stderr.write(`${folder} is absent: nothing was read from it\n`);
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(folder.length + 1), bytes: readFileSync(path) }));
};

/** The nodes that the sample of Kubespray has in comments, for want of real ones. */
const uncommented = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('utf8').replaceAll(/^# (?=node\d)/gm, ''));

describe('the sample inventory of Kubespray', () => {
  it('is read without a problem, with the variables of its groups', async () => {
    const files = filesOf('kubespray').map((file) =>
      file.path === 'inventory.ini' ? { ...file, bytes: uncommented(file.bytes) } : file,
    );
    const reads = await Array.fromAsync(readAnsibleFiles(files, defaultLimits));
    expect(reads.filter(isProblem)).toEqual([]);
    const hosts = reads.filter((one): one is FleetRecord => !isProblem(one));
    expect(hosts).toHaveLength(files.length === 0 ? 0 : 6);
    for (const { variables, fields } of hosts) {
      expect(variables).toHaveProperty('etcd_deployment_type');
      expect(fields['ip_address']).toMatch(/^95\.54\.0\.1\d$/);
    }
    const control = hosts.filter(({ labels }) => labels.includes('kube_control_plane'));
    expect(control.every(({ labels }) => labels.includes('etcd'))).toBe(true);
    expect(control).toHaveLength(files.length === 0 ? 0 : 3);
  });
});

describe('the examples of OpenStack-Ansible', () => {
  it('are YAML without a problem, anchors and merges included', () => {
    for (const { path, bytes } of filesOf('openstack-ansible'))
      expect(
        readYaml(bytes.toString('utf8'), { limits: defaultLimits, scalars: yaml11, file: path }),
      ).toHaveProperty('value.cidr_networks');
  });
});
