const CONTEXTS = '(inventory|maintenance|workflows|notifications|access)';
const PURE = '\\.(events|decider|policy|upcasters)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'kernel-imports-nothing',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^libs/kernel/' },
    },
    {
      name: 'pure-files-stay-pure',
      severity: 'error',
      from: { path: `^libs/${CONTEXTS}/.*${PURE}` },
      to: { pathNot: ['^libs/kernel/', PURE] },
    },
    {
      name: 'contexts-meet-through-events',
      severity: 'error',
      from: { path: `^libs/${CONTEXTS}/` },
      to: { path: `^libs/${CONTEXTS}/`, pathNot: ['^libs/$1/', '\\.events\\.ts$'] },
    },
    {
      name: 'platform-knows-no-business',
      severity: 'error',
      from: { path: '^libs/(platform|openstack)/' },
      to: { path: `^(libs/${CONTEXTS}|projections|apps)/` },
    },
    {
      name: 'clouds-know-no-business',
      severity: 'error',
      from: { path: '^libs/clouds/' },
      to: { path: `^(libs/${CONTEXTS}|projections|apps)/`, pathNot: '\\.port\\.ts$' },
    },
    {
      name: 'providers-know-no-business',
      severity: 'error',
      from: { path: '^libs/providers/' },
      to: { path: `^(libs/${CONTEXTS}|projections|apps)/` },
    },
    {
      name: 'interchange-imports-the-kernel-only',
      severity: 'error',
      from: { path: '^libs/interchange/' },
      to: { path: '^(libs|projections|apps|test)/', pathNot: '^libs/(interchange|kernel)/' },
    },
    {
      name: 'projections-are-pure',
      severity: 'error',
      from: { path: '^projections/.*\\.projection\\.ts$' },
      to: { pathNot: ['^libs/kernel/', '\\.events\\.ts$', '^projections/.*\\.projection\\.ts$'] },
    },
    {
      name: 'read-models-read-only-themselves',
      severity: 'error',
      from: { path: '^projections/.*\\.queries\\.ts$' },
      to: {
        pathNot: [
          '^libs/kernel/',
          '^libs/platform/src/read-store/',
          'node_modules/@nestjs/common/',
          'node_modules/reflect-metadata/',
        ],
      },
    },
    {
      name: 'apps-are-leaves',
      severity: 'error',
      from: { pathNot: '^(apps|test)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-share',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'only-the-adapter-knows-esdb',
      severity: 'error',
      from: { pathNot: ['^libs/platform/src/event-store/esdb', '^test/'] },
      to: { path: 'node_modules/@eventstore/' },
    },
    {
      name: 'only-the-adapter-knows-amqp',
      severity: 'error',
      from: { pathNot: ['^libs/platform/src/amqp/', '^test/'] },
      to: { path: 'node_modules/amqplib/' },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
