import base from './jest.config.js';

const { rootDir, projects } = base;
const { globalSetup: _, globalTeardown: __, ...project } = projects[0];

// Apart from the other tests: they need a real OpenStack, which the usual OS_* variables name.
export default {
  rootDir,
  projects: [{ ...project, displayName: 'openstack', testMatch: ['<rootDir>/test/openstack/**/*.spec.ts'] }],
};
