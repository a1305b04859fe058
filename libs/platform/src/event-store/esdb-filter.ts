import { eventTypeFilter, streamNameFilter, type SubscribeToAllOptions } from '@eventstore/db-client';
import type { Filter } from './event-store.js';
import { categoryOf } from './requests.js';

type ServerFilter = NonNullable<SubscribeToAllOptions['filter']>;

/** Events that the server looks at in one go, and after how many such windows it says how far it is. */
const window = { maxSearchWindow: 500, checkpointInterval: 4 } as const;

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** Everything but the server's own. `signOfLife` is called at the server's checkpoints. */
export const wideFilter = (signOfLife: () => void): ServerFilter =>
  streamNameFilter({ ...window, regex: '^[^$]', checkpointReached: quietly(signOfLife) });

/**
 * What the filter asks for and also the event that ends the catch-up, by name of its type or category, so that reaching it does not
 * depend on what a server says of its progress. Where both lists are given the server looks at types only.
 */
export const narrowFilter = (
  filter: Filter,
  target: { readonly stream: string; readonly type: string },
  signOfLife: () => void,
): ServerFilter => {
  const checkpointReached = quietly(signOfLife);
  if (filter.types?.length) {
    const types = [...filter.types, target.type].map(escaped).join('|');
    return eventTypeFilter({ ...window, regex: `^(?:${types})$`, checkpointReached });
  }
  const prefixes = [...(filter.categories ?? []), categoryOf(target.stream)].map(
    (category) => `${category}-`,
  );
  return streamNameFilter({ ...window, prefixes, checkpointReached });
};

/** Whether a filter leaves anything out. */
export const narrows = (filter: Filter | undefined): filter is Filter =>
  Boolean(filter?.types?.length || filter?.categories?.length);

// The client waits for this inside its stream: if it threw, the subscription would stop without an error.
const quietly = (signOfLife: () => void) => (): Promise<void> => {
  signOfLife();
  return Promise.resolve();
};
