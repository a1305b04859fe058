import type { HostService } from '#libs/clouds/src/cloud.port.js';

const markOf = (runId: string) => `(run ${runId})`;

/** What the cloud shows as the reason; the mark says later whether it was this run that disabled the host. */
export const reasonOf = (text: string, runId: string): string => `craton: ${text} ${markOf(runId)}`;

export const isOurs = ({ disabledReason }: HostService, runId: string): boolean =>
  disabledReason?.includes(markOf(runId)) ?? false;
