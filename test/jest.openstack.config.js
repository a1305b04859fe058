import base from './jest.config.js';

const { rootDir, projects } = base;

// Apart from the other tests: they need a real OpenStack, one file at a time, since all of them use the same hosts.
export default {
  rootDir,
  maxWorkers: 1,
  projects: [
    {
      ...projects[0],
      displayName: 'openstack',
      testMatch: ['<rootDir>/test/openstack/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/openstack/harness.setup.js',
      globalTeardown: '<rootDir>/test/openstack/harness.teardown.js',
    },
  ],
};
