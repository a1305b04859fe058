import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { fieldTypes, isProblem, type FleetRecord, type Read } from '../fleet-record.js';
import { readFleet, type FleetFormat } from '../read-fleet.js';
import { writeAnsible } from './ansible-inventory.js';
import { writeGraphviz } from './graphviz.js';
import { writePrometheus } from './prometheus.js';
import { writeCsv, writeNdjson, writeYaml } from './rows.js';
import { sample } from './sample.js';

const text = async (chunks: AsyncIterable<string>): Promise<string> =>
  (await Array.fromAsync(chunks)).join('');

const read = (format: FleetFormat, written: string): Promise<Read[]> =>
  Array.fromAsync(readFleet(format, [Buffer.from(written)]));

const withoutSource = (reads: readonly Read[]) =>
  reads.map((one) => (isProblem(one) ? one : { ...one, source: {} }));

const formats = [
  ['ndjson', writeNdjson],
  ['yaml', writeYaml],
  ['csv', writeCsv],
  [
    'csv',
    (records: readonly FleetRecord[]) => writeCsv(records, { variables: ['kernel', 'text', 'a b', 'no'] }),
  ],
] as const;

const words = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom(
    '=1+1',
    "'=x",
    "''",
    '-5',
    '5',
    'no',
    '~',
    '{{ x }}',
    ' a ',
    '"',
    'a\r\nb',
    '\t',
    '[1',
    '0644',
    '<<',
  ),
);
const safe = words.filter((word) => word.isWellFormed() && !word.includes('\0') && word !== '__proto__');
const hosts = fc.uniqueArray(
  fc.record({
    kind: fc.constant('host' as const),
    name: safe,
    place: fc.record({ region: safe, cell: safe }, { requiredKeys: [] }),
    fields: fc.record({ note: safe, active: fc.boolean(), ip_address: safe }, { requiredKeys: [] }),
    labels: fc.uniqueArray(safe, { maxLength: 3 }),
    variables: fc
      .dictionary(safe, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 })
      .map((one) => JSON.parse(JSON.stringify(one)) as FleetRecord['variables'])
      .filter(
        (one) => !JSON.stringify(one).includes('__proto__') && !JSON.stringify(one).includes('\\u0000'),
      ),
    source: fc.constant({}),
  }),
  { maxLength: 5, selector: ({ name }) => name },
);

describe.each(formats)('what is written as %s', (format, write) => {
  it('comes back as it was', async () => {
    expect(withoutSource(await read(format, await text(write(sample))))).toEqual(sample);
  });

  it('comes back whatever the names and values', async () => {
    await fc.assert(
      fc.asyncProperty(hosts, async (records) => {
        expect(withoutSource(await read(format, await text(write(records))))).toEqual(records);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a table for spreadsheets', () => {
  it('holds no cell that is a formula', async () => {
    const written = await text(writeCsv(sample, { variables: ['a b'] }));
    expect(written).toContain("'+cmd|calc");
    expect(written).toContain("'=1+1");
    expect(written).not.toMatch(/(?:^|,|")[=+@-]/m);
  });

  it('has all the columns, fleet or no fleet', async () => {
    const header = (await text(writeCsv([]))).trim().split(',');
    for (const field of Object.values(fieldTypes).flatMap(Object.keys)) expect(header).toContain(field);
  });
});

interface Listed {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Record<string, unknown>>> };
  readonly [group: string]: {
    readonly hosts?: readonly string[];
    readonly children?: readonly string[];
  } & object;
}

const list = async (options = {}) => JSON.parse(await text(writeAnsible(() => sample, options))) as Listed;

describe('an inventory for Ansible', () => {
  it('groups by cloud, region, cell, parent and label', async () => {
    const listed = await list();
    expect(listed['cloud_prod']?.children).toEqual(['region_east', 'region_west']);
    expect(listed['region_east']?.children).toEqual(['cell_east_rack_1']);
    expect(listed['region_east']?.hosts).toContain('sw1');
    expect(listed['label_role_compute']?.hosts).toEqual(listed['cell_east_rack_1']?.hosts);
    expect(listed['parent_node1']?.hosts).toEqual(['box\\N"<b>"\nsecond line']);
  });

  it('gives a name that two things would share to neither of them', async () => {
    const listed = await list();
    const named = Object.keys(listed['_meta'].hostvars).filter((name) => name.startsWith('node1'));
    expect(named).toEqual([
      expect.stringMatching(/^node1\.east\.prod-[\da-f]{8}$/),
      expect.stringMatching(/^node1\.west\.prod-[\da-f]{8}$/),
    ]);
    const labels = Object.keys(listed).filter((name) => name.startsWith('label_gpu'));
    expect(labels).toEqual([
      expect.stringMatching(/^label_gpu_a_[\da-f]{8}$/),
      expect.stringMatching(/^label_gpu_a_[\da-f]{8}$/),
    ]);
    expect(Object.keys(listed['_meta'].hostvars)).not.toContain('all');
  });

  it('has identifiers for all its groups', async () => {
    for (const name of Object.keys(await list())) expect(name).toMatch(/^[A-Za-z_]\w*$/);
  });

  it('is accepted by ansible-inventory 2.14.18, which lists it as recorded', async () => {
    const recorded = JSON.parse(
      readFileSync('libs/interchange/fixtures/export/expected.json', 'utf8'),
    ) as Listed;
    const listed = await list();
    expect(recorded['_meta']).toEqual(listed['_meta']);
    const groups = Object.keys(recorded).filter((name) => !['_meta', 'all', 'ungrouped'].includes(name));
    for (const name of groups) {
      expect(listed[name]?.hosts ?? []).toEqual(recorded[name]?.hosts ?? []);
      expect(listed[name]?.children ?? []).toEqual(recorded[name]?.children ?? []);
    }
  });

  it('lets no template run that somebody put into a variable', async () => {
    const west = (listed: Listed) =>
      Object.entries(listed['_meta'].hostvars).find(([name]) => name.startsWith('node1.west'))?.[1];
    expect(west(await list())?.['run']).toEqual({
      __ansible_unsafe: "{{ lookup('pipe', 'touch /tmp/owned') }}",
    });
    expect(west(await list())).not.toHaveProperty('__ansible_vault');
    expect(west(await list({ trustTemplates: true }))?.['run']).toMatch(/^\{\{/);
  });

  it('comes back as the devices that it was made of', async () => {
    const back = withoutSource(await read('ansible-json', await text(writeAnsible(() => sample))));
    const devices = sample.filter(({ kind }) => ['host', 'container'].includes(kind));
    const shape = (record: FleetRecord) => [
      record.kind,
      record.name,
      record.place,
      record.fields,
      record.labels,
    ];
    expect((back as FleetRecord[]).filter(({ kind }) => kind !== 'network-device').map(shape)).toEqual(
      expect.arrayContaining(devices.map(shape)),
    );
    expect(back).toHaveLength(devices.length + 1);
  });
});

describe('targets for Prometheus', () => {
  it('are addresses with a port and labels that are texts', async () => {
    const groups = JSON.parse(await text(writePrometheus(sample, { port: 9100, variables: ['cores'] }))) as {
      targets: string[];
      labels: Record<string, string>;
    }[];
    expect(groups.map(({ targets }) => targets)).toEqual([
      ['192.0.2.1:9100'],
      ['[2001:db8::1]:9100'],
      ['192.0.2.9:9100'],
      ['label_gpu_a:9100'],
      ['sw1:9100'],
    ]);
    expect(groups[0]?.labels).toMatchObject({
      __meta_craton_region: 'east',
      __meta_craton_label_role: 'compute',
      __meta_craton_labels: ',role:compute,gpu-a,gpu_a,',
      __meta_craton_variable_cores: '64',
    });
    for (const { labels } of groups)
      for (const [name, value] of Object.entries(labels)) {
        expect(name).toMatch(/^[A-Za-z_]\w*$/);
        expect(typeof value).toBe('string');
      }
  });

  it('are an empty list for an empty fleet', async () => {
    expect(JSON.parse(await text(writePrometheus([])))).toEqual([]);
  });
});

describe('a drawing for GraphViz', () => {
  it('quotes every name and draws what is above it', async () => {
    const drawn = await text(writeGraphviz(sample));
    expect(drawn).toContain('label="box\\\\N\\"<b>\\"\\nsecond line"');
    expect(drawn.match(/->/g)).toHaveLength(10);
    expect(drawn.match(/\[label=/g)).toHaveLength(sample.length);
  });

  it('draws by its name what is above and not among the records', async () => {
    const [, , , , host] = sample;
    expect(await text(writeGraphviz([host as FleetRecord]))).toContain('[label="rack 1" style=dashed]');
  });
});
