import { DomainError } from '#libs/kernel/src/errors.js';
import type { RegionEvent } from './region.events.js';

/** Labels are a set: their order and repetitions mean nothing. */
export type LabelCommand =
  | { type: 'AddLabels'; deviceId: string; labels: readonly string[] }
  | { type: 'RemoveLabels'; deviceId: string; labels: readonly string[] }
  | { type: 'ReplaceLabels'; deviceId: string; labels: readonly string[] };

const mostLabels = 100;

const demandFew = (count: number): void => {
  if (count > mostLabels) throw new DomainError('illegal-state', `a device has at most ${mostLabels} labels`);
};

/** The labels that something new begins with. */
export const firstLabels = (given: readonly string[] = []): { readonly labels?: readonly string[] } => {
  if (given.length === 0) return {};
  const labels = [...new Set(given)];
  demandFew(labels.length);
  return labels.length > 0 ? { labels } : {};
};

const added = (deviceId: string, labels: readonly string[]): readonly RegionEvent[] =>
  labels.length > 0 ? [{ type: 'LabelsAdded', data: { deviceId, labels } }] : [];

const removed = (deviceId: string, labels: readonly string[]): readonly RegionEvent[] =>
  labels.length > 0 ? [{ type: 'LabelsRemoved', data: { deviceId, labels } }] : [];

/** What becomes of the labels that a device has. */
export const labelling = (
  { type, deviceId, labels: given }: LabelCommand,
  known: ReadonlySet<string>,
): readonly RegionEvent[] => {
  const wanted = new Set(given);
  if (type === 'RemoveLabels') {
    return removed(
      deviceId,
      [...wanted].filter((label) => known.has(label)),
    );
  }
  const kept = type === 'ReplaceLabels' ? [...known].filter((label) => wanted.has(label)) : [...known];
  const fresh = [...wanted].filter((label) => !known.has(label));
  demandFew(kept.length + fresh.length);
  const dropped = [...known].filter((label) => !kept.includes(label));
  return [...removed(deviceId, dropped), ...added(deviceId, fresh)];
};
