import { resolve } from 'node:path';

const rootDir = resolve(import.meta.dirname, '..');

// Jest runs the TypeScript sources as native ES modules; SWC only strips types and emits decorator metadata.
const base = {
  rootDir,
  testEnvironment: 'node',
  // "source" makes package.json#imports resolve #libs/* to .ts files instead of dist/.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  // Sources import './x.js' (what Node will load); on disk, before the build, that is './x.ts'.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
const project = (displayName, testMatch) => ({ ...base, displayName, testMatch });
const projectWithBroker = (displayName, testMatch) => ({
  ...project(displayName, testMatch),
  globalSetup: '<rootDir>/test/support/rabbitmq.setup.js',
  globalTeardown: '<rootDir>/test/support/rabbitmq.teardown.js',
});

export default {
  rootDir,
  // A machine with much else to do takes its time; what hangs is still told.
  testTimeout: 30_000,
  // Node lets go of no module that was loaded for a test file: two hundred of them fill a heap.
  workerIdleMemoryLimit: '1500MB',
  projects: [
    project('unit', ['<rootDir>/{apps,libs,projections}/**/*.spec.ts']),
    projectWithBroker('contract', ['<rootDir>/test/contract/**/*.spec.ts']),
    project('replay', ['<rootDir>/test/replay/**/*.spec.ts']),
    projectWithBroker('e2e', ['<rootDir>/test/e2e/**/*.spec.ts']),
  ],
  coverageProvider: 'v8',
  collectCoverageFrom: ['{apps,libs,projections}/**/*.ts', '!**/*.spec.ts', '!apps/*/src/main.ts'],
  coverageDirectory: 'dist/coverage',
};
