import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test, type TestingModule } from '@nestjs/testing';
import { EngineModule } from '#apps/engine/src/engine.module.js';
import { StepPlugins } from '#apps/engine/src/plugins/step-plugins.js';
import { readConfig } from '#libs/platform/src/config/config.js';
import { MemoryEventStore } from '#libs/platform/src/event-store/memory-event-store.js';
import { PlatformModule } from '#libs/platform/src/platform.module.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { hostMaintenance } from '#libs/workflows/src/host-maintenance.definition.js';
import { violationsBy } from '#libs/workflows/src/input.schema.js';
import { startRun } from '#libs/workflows/src/start-run.js';
import { StepRefused } from '#libs/workflows/src/step-plugin.port.js';
import { projections } from '#projections/index.js';

describe('every plugin that ships', () => {
  const dir = mkdtempSync(join(tmpdir(), 'plugins-'));
  const eventStore = new MemoryEventStore();
  let module: TestingModule;
  let plugins: StepPlugins;
  beforeAll(async () => {
    const config = readConfig({ CRATON_DATA_DIR: dir });
    const readStore = new ReadStore({ path: join(dir, 'r.db'), store: eventStore, projections });
    const imports = [PlatformModule.of({ config, eventStore, readStore }), EngineModule];
    module = await Test.createTestingModule({ imports }).compile();
    plugins = module.get(StepPlugins);
  });
  afterAll(async () => {
    await module.close();
    await eventStore.close();
    rmSync(dir, { recursive: true });
  });

  it('has a name of its own, and is in the README', () => {
    expect(plugins.names.length).toBeGreaterThan(0);
    const readme = readFileSync('apps/engine/README.md', 'utf8');
    for (const name of plugins.names) {
      expect(name).toMatch(/^[a-z]+(\.[a-z]+(-[a-z]+)*)?$/);
      expect(readme).toContain(`\`${name}\``);
    }
  });

  it('takes an object and nothing that it does not know', () => {
    for (const name of plugins.names) {
      expect(() => plugins.fitting(name, {})).toThrow(StepRefused);
      expect(() => plugins.fitting(name, { nonsense: true })).toThrow(StepRefused);
    }
  });

  it('is there for every step of host maintenance', () => {
    const host = { hostId: 'h', regionId: 'r', name: 'n' };
    const at = new Date();
    const { steps } = startRun({ workflow: hostMaintenance, input: {}, host, windowId: 'w', at });
    const actions = steps.flatMap((step) => [step, step.otherwise ?? [], step.compensation ?? []].flat());
    const named = actions.flatMap(({ plugin }) => (typeof plugin === 'string' ? [plugin] : []));
    expect(plugins.names).toEqual(expect.arrayContaining(named));
    const works = (plugin: string) =>
      violationsBy(hostMaintenance.inputSchema, { work: { plugin, input: {} } });
    expect(works('pause')).toMatchObject([{ member: 'input.work.input.seconds' }]);
    expect(works('http.request')).toMatchObject([{ member: 'input.work.input.url' }]);
  });
});
