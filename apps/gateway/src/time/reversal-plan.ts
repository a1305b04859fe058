import type { Command } from '@nestjs/cqrs';
import { ToCloud, ToProject, ToRegion, ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import type { CommandMetadata, Receipt } from '#libs/platform/src/command-runner/command-runner.js';
import { type Plan, type Step, unconditionally } from '../http/commands.js';
import type { ReversalStep } from './reversal.js';
import { metadataOf } from './reverted-events.js';

type Send = (metadata: CommandMetadata) => Command<Receipt>;

/** One append, and the events that it takes back. */
interface Part {
  readonly name: string;
  readonly events: readonly string[];
  readonly send: Send;
}

export interface Why {
  /** What the caller named: the event, or the correlation id of many. */
  readonly subject: string;
  readonly reason: string | undefined;
}

/** Each region is put back in one append. */
const ofRegions = (steps: readonly ReversalStep[]): readonly Part[] => {
  const all = steps.flatMap((step) =>
    step.commands.flatMap((sent) => (sent.to === 'region' ? [{ sent, eventId: step.found.event.id }] : [])),
  );
  return [...Map.groupBy(all, ({ sent }) => sent.id)].map(([id, those]) => ({
    name: `region ${id}`,
    events: those.map(({ eventId }) => eventId),
    send: (metadata) =>
      new ToRegion(id, { type: 'PutBack', steps: those.map(({ sent }) => sent.step) }, metadata),
  }));
};

type Other = Exclude<ReversalStep['commands'][number], { to: 'region' }>;

const sending =
  (sent: Other): Send =>
  (metadata) => {
    switch (sent.to) {
      case 'variables':
        return new ToVariables(sent.id, sent.command, metadata);
      case 'cloud':
        return new ToCloud(sent.id, sent.command, metadata);
      case 'project':
        return new ToProject(sent.id, sent.command, metadata);
    }
  };

const ofOthers = (steps: readonly ReversalStep[], to: Other['to']): readonly Part[] =>
  steps.flatMap(({ commands, found: { event } }) =>
    commands.flatMap((sent, index): Part[] =>
      sent.to === 'region' || sent.to !== to
        ? []
        : [{ name: `${to} ${event.id} ${index}`, events: [event.id], send: sending(sent) }],
    ),
  );

/**
 * What is sent, in an order in which each may be the last: regions first, each as a whole, then variables of what is there then, and
 * the clouds and projects that let go of what is empty. Each part says what it follows from, and is known again when it is repeated.
 */
export const planOf = (steps: readonly ReversalStep[], { subject, reason }: Why): Plan => {
  const parts = [
    ...ofRegions(steps),
    ...ofOthers(steps, 'variables'),
    ...ofOthers(steps, 'cloud'),
    ...ofOthers(steps, 'project'),
  ];
  const projectIds = new Map(steps.map(({ found: { event } }) => [event.id, metadataOf(event).projectId]));
  const step =
    ({ events, send }: Part): Step =>
    (metadata) => {
      const [only] = events;
      return send({
        ...unconditionally(metadata),
        projectId: projectIds.get(only ?? '') ?? metadata.projectId,
        causationId: new Set(events).size === 1 ? (only ?? subject) : subject,
        ...(reason !== undefined && { reason }),
      });
    };
  return {
    projectId: [...projectIds.values()][0] ?? '',
    steps: parts.map(step),
    names: parts.map(({ name }) => name),
    inTurn: true,
  };
};
