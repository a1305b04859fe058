import type { Migration, Server } from './compute.js';

/** What can be seen of an instance that is to leave `from`. */
export type Sight =
  | { readonly is: 'gone' }
  /** At rest where it was. */
  | { readonly is: 'here'; readonly server: Server }
  /** Something is being done to it; `migration` is what takes it away, when that is what is done. */
  | { readonly is: 'busy'; readonly server: Server; readonly migration: Migration | undefined }
  /** Moved cold, running elsewhere, and to be confirmed. */
  | { readonly is: 'unconfirmed'; readonly server: Server }
  /** At rest, not on `from`; `settled` once the source has cleaned up as well. */
  | { readonly is: 'elsewhere'; readonly server: Server; readonly settled: boolean }
  | { readonly is: 'broken'; readonly server: Server };

const ofResized = (server: Server, away: Migration | undefined): Sight | undefined => {
  if (server.status !== 'VERIFY_RESIZE' || away?.kind !== 'cold') return undefined;
  return away.state === 'unconfirmed'
    ? { is: 'unconfirmed', server }
    : { is: 'busy', server, migration: away };
};

/** Of one that nothing is being done to; `away` is what last took it off `from`. */
const atRest = (server: Server, away: Migration | undefined, from: string): Sight => {
  // A move that failed on arrival leaves it broken on the other side: that is no success.
  if (server.status === 'ERROR' && (server.host === from || away?.state === 'failed'))
    return { is: 'broken', server };
  if (server.host === from) return { is: 'here', server };
  return { is: 'elsewhere', server, settled: away?.state !== 'under-way' };
};

/** Judges one look; `migrations` newest first. Pure. */
export const see = (server: Server | undefined, migrations: readonly Migration[], from: string): Sight => {
  if (server === undefined) return { is: 'gone' };
  const away = migrations[0]?.source === from ? migrations[0] : undefined;
  if (server.task !== null)
    return { is: 'busy', server, migration: away?.state === 'under-way' ? away : undefined };
  return ofResized(server, away) ?? atRest(server, away, from);
};
