import type { CloudCommand } from './cloud.decider.js';
import type { ProjectCommand } from './project.decider.js';
import type { PutBackStep } from './region-put-back.policy.js';
import type { Members, Reverted, Undoing } from './revert.policy.js';

/** What takes an event back, and in whose stream. */
export type UndoingCommand =
  | { readonly to: 'region'; readonly id: string; readonly step: PutBackStep }
  | { readonly to: 'cloud'; readonly id: string; readonly command: CloudCommand }
  | { readonly to: 'project'; readonly id: string; readonly command: ProjectCommand };

type Effective = Extract<Undoing, { does: 'remove' | 'register' | 'change' }>;

const camel = (member: string): string =>
  member.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** In the words of commands and states. */
const inCommand = (members: Members): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).map(([member, value]) => [camel(member), value]));

const omit = (members: Record<string, unknown>, ...names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));

/** What a new thing is registered with: all but what it gets by being where it is. */
const facts = (members: Members | null): Record<string, unknown> => {
  const all = omit(inCommand(members ?? {}), 'regionId', 'windowId', 'retiredAt');
  return all['managedBy'] === null ? omit(all, 'managedBy') : all;
};

const names = {
  cell: ['Cell', 'cellId'],
  device: ['Device', 'deviceId'],
  network: ['Network', 'networkId'],
  'network-interface': ['Interface', 'interfaceId'],
} as const;

const inRegion = (kind: keyof typeof names, id: string, undoing: Effective): readonly PutBackStep[] => {
  const [noun, member] = names[kind];
  const subject = { [member]: id };
  if (undoing.does === 'remove') return [{ command: { type: `Remove${noun}`, ...subject } } as PutBackStep];
  if (undoing.does === 'register') {
    const command = { ...facts(undoing.now), ...subject, type: `Register${noun}` };
    return [{ command } as PutBackStep];
  }
  const { labels, ...to } = undoing.to;
  const { labels: _labels, ...from } = undoing.from;
  const steps: object[] = [];
  if (Object.keys(to).length > 0)
    steps.push({
      command: { type: `Change${noun}`, ...subject, ...inCommand(to) },
      expects: inCommand(from),
    });
  if (labels !== undefined) steps.push({ command: { type: 'ReplaceLabels', ...subject, labels } });
  return steps as PutBackStep[];
};

const ofRegion = (id: string, cloudId: string, undoing: Effective): readonly UndoingCommand[] => {
  if (undoing.does === 'change')
    return [{ to: 'cloud', id: cloudId, command: { type: 'ChangeRegion', regionId: id, ...undoing.to } }];
  return [
    { to: 'region', id, step: { command: { type: 'CloseRegion' } } },
    { to: 'cloud', id: cloudId, command: { type: 'RemoveRegion', regionId: id } },
  ];
};

const ofCloud = (id: string, projectId: string, undoing: Effective): readonly UndoingCommand[] => {
  if (undoing.does === 'change')
    return [{ to: 'project', id: projectId, command: { type: 'ChangeCloud', cloudId: id, ...undoing.to } }];
  return [
    { to: 'cloud', id, command: { type: 'CloseCloud' } },
    { to: 'project', id: projectId, command: { type: 'RemoveCloud', cloudId: id } },
  ];
};

const ofProject = (id: string, undoing: Effective): readonly UndoingCommand[] => {
  if (undoing.does === 'change')
    return [{ to: 'project', id, command: { type: 'ChangeProject', ...undoing.to } }];
  return [{ to: 'project', id, command: { type: 'RemoveProject' } }];
};

/** The commands that take an event back. `home`: whose stream the thing is in, which is a region, a cloud or a project. */
export const undoingCommands = (
  { kind, id }: Pick<Reverted, 'kind' | 'id'>,
  home: string,
  undoing: Effective,
): readonly UndoingCommand[] => {
  if (kind === 'project') return ofProject(id, undoing);
  if (kind === 'cloud') return ofCloud(id, home, undoing);
  if (kind === 'region') return ofRegion(id, home, undoing);
  return inRegion(kind, id, undoing).map((step) => ({ to: 'region', id: home, step }));
};
