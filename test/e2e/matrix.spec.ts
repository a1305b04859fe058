import { randomBytes } from 'node:crypto';
import { may, seesEveryProject, type Permission } from '#libs/access/src/access.policy.js';
import type { Cursor } from '#libs/kernel/src/event.js';
import type { Role } from '#libs/inventory/src/project.events.js';
import { type Answer, type Client, type Gateway, type Method, startGateway } from '#test/support/gateway.js';
import { made } from '#test/support/places.js';
import { type Bodies, type Description, inHours, type Operation, Slice } from '#test/support/slice.js';

const callers = ['root', 'auditor', 'admin', 'operator', 'viewer', 'none'] as const;
type CallerName = (typeof callers)[number];
type Whose = 'own' | 'foreign';

interface Route extends Operation {
  readonly path: string;
  readonly method: Method;
  readonly permission: Permission | undefined;
}

interface Outcome {
  readonly route: Route;
  readonly caller: CallerName;
  readonly whose: Whose;
  /** Whether the request names anything of the project in question. */
  readonly named: boolean;
  readonly answer: Answer;
  readonly changed: boolean;
  /** For lists: whether what a project has is in it. */
  readonly shows: Readonly<Record<Whose, boolean>>;
}

const step = { name: 'rest', plugin: 'pause', input: { seconds: 0.01 } };
const window = async (slice: Slice, more = {}) => ({
  host_id: await slice.refer('hosts'),
  ends_at: inHours(2),
  ...more,
});

/** The making of something new, which can be taken back once. */
const eventOf = async (slice: Slice): Promise<string> => {
  slice.referred += 1;
  const { body } = await slice.maker.get(`/v1/hosts/${await slice.fresh('hosts')}/history`);
  return body.history[0].event_id;
};

/** What the schemas cannot tell. */
const bodies: Bodies = {
  NewUser: async (slice) => ({
    username: `user-${Math.random()}`,
    roles: ['viewer'],
    project_id: await slice.refer('projects'),
  }),
  NewWorkflow: async () => ({ name: `workflow-${Math.random()}`, steps: [step] }),
  WorkflowRevision: async () => ({ description: 'revised' }),
  NewRun: async (slice) => ({ workflow: await slice.refer('workflows') }),
  NewWindow: (slice) => window(slice, { starts_at: inHours(1) }),
  NewNetwork: async (slice) => ({
    name: `network-${Math.random()}`,
    region_id: await slice.refer('regions'),
    cidr: '10.0.0.0/24',
    gateway: '10.0.0.1',
  }),
  VariableValues: async () => ({ matrix: Math.random() }),
  VariableKeys: async () => ['matrix'],
  VariableBindings: async () => ({ bound: { provider: 'nova.service', settings: {} } }),
  VariableSchemaValues: async () => ({ matrix: { type: 'number', maximum: 1 + Math.random() } }),
  VariableSchemaKeys: async () => ['matrix'],
  NetBoxImport: async () => ({ url: 'http://netbox.invalid', token: 'matrix' }),
  Synchronisation: async () => ({ dry_run: true }),
  Reversion: async (slice) => ({ event_id: await eventOf(slice), dry_run: false }),
};

/** What must have happened to a thing before this can be done to it. */
const prepared: Readonly<Record<string, (slice: Slice) => Promise<string>>> = {
  deviceHistoryShow: (slice) => slice.some('hosts'),
  windowClose: async (slice) => slice.fresh('maintenance-windows', await window(slice)),
};

/** What whoever is let through is told when the thing itself stands in the way. */
const inTheWay: Readonly<Record<string, number>> = {
  'projectRemove own': 409,
  // Its body is not JSON: test/e2e/import.spec.ts.
  'importImport own': 415,
  'importImport foreign': 415,
  // Nothing may be reached that is not allowed: test/e2e/import-netbox.spec.ts.
  'netBoxNetBox own': 400,
  'netBoxNetBox foreign': 400,
};

const keyRoute = '/v1/users/{user_id}/api-keys';

/** They show the fleet by its names, in formats that have no place for identifiers or pages. */
const exports = new Set(['export', 'ansible-inventory', 'targets']);

/** It shows pages of what was done, in which nothing in particular can be waited for. */
const diffRoute = '/v1/diff';

const isList = ({ method, path, permission }: Route) =>
  method === 'GET' && permission !== undefined && !path.includes('{') && path !== diffRoute;

/** What belongs to another project is not there; a body that names it does not fit. */
const hidden = ({ method, path }: Route) => (method === 'POST' && !path.includes('{') ? '400 or 404' : '404');

/** Everybody manages their own keys; those of others are for whoever manages users. */
const isForOthers = ({ path }: Route, roles: readonly Role[], allowed: typeof may) =>
  !path.startsWith(keyRoute) || allowed(roles, 'users:write');

/** What the policy says against it; undefined when it may be done. */
const refusalOf = (
  { route, caller, whose, named }: Outcome,
  permission: Permission,
  allowed: typeof may,
): string | undefined => {
  if (caller === 'none') return '401';
  const roles: readonly Role[] = [caller];
  if (!allowed(roles, permission)) return '403';
  if (whose === 'own' || !named) return undefined;
  if (!seesEveryProject(roles)) return hidden(route);
  return isForOthers(route, roles, allowed) ? undefined : '403';
};

const isAsRefused = ({ answer, changed }: Outcome, expected: string): boolean =>
  expected.split(' or ').includes(String(answer.status)) && !changed;

const isAsDone = ({ route, caller, whose, answer, shows }: Outcome): boolean => {
  const status = inTheWay[`${route.operationId} ${whose}`];
  if (status === undefined ? answer.status > 299 : answer.status !== status) return false;
  const seesAll = caller !== 'none' && seesEveryProject([caller]);
  return !isList(route) || (shows.own && shows.foreign === seesAll);
};

/** How an outcome differs from what the policy says; undefined when it does not. */
const surpriseIn = (outcome: Outcome, allowed: typeof may = may): string | undefined => {
  const { route, caller, whose, answer } = outcome;
  const expected = route.permission && refusalOf(outcome, route.permission, allowed);
  if (expected === undefined ? isAsDone(outcome) : isAsRefused(outcome, expected)) return undefined;
  const { status, text } = answer;
  return `${route.method} ${route.path} by ${caller}, ${whose}: ${status} ${text.slice(0, 200)}, not ${expected ?? 'done'}`;
};

const routesOf = ({ paths }: Description): Route[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      path,
      method: method.toUpperCase() as Method,
      permission: /Needs the permission `([^`]+)`/.exec(operation.description ?? '')?.[1] as
        Permission | undefined,
    })),
  );

describe('what who may do', () => {
  let gateway: Gateway;
  let routes: Route[];
  let slices: Readonly<Record<Whose, Slice>>;
  const people = new Map<CallerName, { readonly id: string; readonly client: Client }>();
  const outcomes: Outcome[] = [];

  const person = async (projectId: string, role: Role, username: string = role) => {
    const user = { username, project_id: projectId, roles: [role] };
    const { body } = await made(gateway.root.post('/v1/users', user));
    return { id: body.id as string, client: gateway.as(body.api_key) };
  };

  const sliceOf = async (description: Description, name: string) => {
    const { body } = await made(gateway.root.post('/v1/projects', { name }));
    const { client } = await person(body.id, 'root', 'maker');
    return new Slice(description, bodies, client, body.id);
  };

  const userOf = async (whose: Whose, caller: CallerName) =>
    (whose === 'own' ? people.get(caller)?.id : undefined) ?? slices[whose].some('users');

  const keyOf = async (whose: Whose, owner: string) => {
    const key = { name: `${Math.random()}` };
    return (await made(slices[whose].maker.post(`/v1/users/${owner}/api-keys`, key))).body.id as string;
  };

  const projectOf = async (route: Route, whose: Whose) => {
    if (route.method !== 'DELETE' || whose === 'own') return slices[whose].projectId;
    return (await made(gateway.root.post('/v1/projects', { name: 'empty' }))).body.id as string;
  };

  /** The thing that a part of the path stands for: for what changes something, a new one. */
  const thing = (route: Route, whose: Whose, collection: string): Promise<string> => {
    const prepare = prepared[route.operationId];
    if (prepare) return prepare(slices[whose]);
    if (collection === 'projects') return projectOf(route, whose);
    return route.method === 'GET' ? slices[whose].some(collection) : slices[whose].fresh(collection);
  };

  const addressOf = async (route: Route, whose: Whose, caller: CallerName) => {
    if (route.path.startsWith(keyRoute)) {
      const owner = await userOf(whose, caller);
      const path = route.path.replace('{user_id}', owner);
      return path.includes('{id}') ? path.replace('{id}', await keyOf(whose, owner)) : path;
    }
    const parts: string[] = [];
    for (const part of route.path.split('/')) {
      parts.push(part.startsWith('{') ? await thing(route, whose, parts.at(-1) ?? '') : part);
    }
    return `${parts.join('/')}${isList(route) && !exports.has(parts.at(-1) ?? '') ? '?limit=1000' : ''}`;
  };

  /** Uses of keys are told whenever a minute is over. */
  const happenedSince = async (after: Cursor) => {
    for await (const { type } of gateway.eventStore.readAll({ after }))
      if (type !== 'ApiKeyUsed') return true;
    return false;
  };

  /** What each project has of what a list shows. */
  const listed = new Map<Route, Readonly<Record<Whose, string>>>();
  const nameOf = async (whose: Whose) => {
    const id = await slices[whose].some('hosts');
    return JSON.stringify((await gateway.root.get(`/v1/hosts/${id}`)).body.name);
  };
  const list = async (route: Route) => {
    const last = route.path.split('/').at(-1) ?? '';
    if (exports.has(last)) {
      listed.set(route, { own: await nameOf('own'), foreign: await nameOf('foreign') });
      return;
    }
    const collection = last === 'devices' ? 'hosts' : last;
    const [own, foreign] = [await slices.own.some(collection), await slices.foreign.some(collection)];
    listed.set(route, { own, foreign });
  };
  const isIn = ({ text }: Answer, route: Route, whose: Whose) => {
    const id = listed.get(route)?.[whose];
    return id !== undefined && text.includes(id);
  };

  const ask = async (route: Route, caller: CallerName, whose: Whose): Promise<Outcome> => {
    const slice = slices[whose];
    const before = slice.referred;
    const address = await addressOf(route, whose, caller);
    const body = await slice.bodyOf(route);
    const named = route.path.includes('{') || slice.referred > before;
    const head = await gateway.eventStore.head();
    const client = people.get(caller)?.client ?? gateway.as(undefined);
    const answer = await client.ask(route.method, address, body);
    const changed = await happenedSince(head);
    const shows = { own: isIn(answer, route, 'own'), foreign: isIn(answer, route, 'foreign') };
    return { route, caller, whose, named, answer, changed, shows };
  };

  beforeAll(async () => {
    // Without a key there is nothing to seal with.
    const environment = { CRATON_SECRET_KEY: randomBytes(32).toString('base64') };
    gateway = await startGateway({ environment });
    const description = (await gateway.root.get('/openapi.json')).body as Description;
    routes = routesOf(description);
    slices = { own: await sliceOf(description, 'own'), foreign: await sliceOf(description, 'foreign') };
    for (const caller of callers) {
      if (caller !== 'none') people.set(caller, await person(slices.own.projectId, caller));
    }
    for (const route of routes) {
      if (isList(route)) await list(route);
      for (const caller of callers) {
        for (const whose of ['own', 'foreign'] as const) outcomes.push(await ask(route, caller, whose));
      }
    }
  }, 300_000);
  afterAll(() => gateway.close());

  it('is what the policy says, on every route, for every role, in the own project and in another', () => {
    expect(outcomes).toHaveLength(routes.length * callers.length * 2);
    expect(routes.length).toBeGreaterThan(40);
    expect(outcomes.flatMap((outcome) => surpriseIn(outcome) ?? [])).toEqual([]);
  });

  it('never is a defect', () => {
    expect(outcomes.filter(({ answer }) => answer.status >= 500).map(({ answer }) => answer.text)).toEqual(
      [],
    );
  });

  it('would be noticed if it were anything else', () => {
    const bold: typeof may = (roles, permission) => may(roles, permission) || permission === 'clouds:write';
    const timid: typeof may = (roles, permission) => may(roles, permission) && permission !== 'clouds:read';
    for (const other of [bold, timid]) {
      const surprises = outcomes.flatMap((outcome) => surpriseIn(outcome, other) ?? []);
      expect(surprises.length).toBeGreaterThan(3);
      expect(surprises.filter((surprise) => !/clouds/.test(surprise))).toEqual([]);
    }
  });

  it('is asked of a slice of which both projects have their own', async () => {
    const names = ['clouds', 'regions', 'cells', 'hosts', 'workflows', 'runs', 'maintenance-windows'];
    const ids = await Promise.all(
      names.flatMap((name) => [slices.own.some(name), slices.foreign.some(name)]),
    );
    expect(new Set(ids).size).toBe(names.length * 2);
  });
});
