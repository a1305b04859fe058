import type { HostService } from '#libs/clouds/src/cloud.port.js';

const markOf = (runId: string) => `(run ${runId})`;

/** What the cloud shows as the reason; the mark says later whether it was this run that disabled the host. */
export const reasonOf = (text: string, runId: string): string => `craton: ${text} ${markOf(runId)}`;

const mark = /\(run ([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\)$/;

/** The run that says so in the disabled reason of a host. */
export const markedBy = ({ disabledReason }: HostService): string | undefined =>
  mark.exec(disabledReason ?? '')?.[1];

export const isOurs = ({ disabledReason }: HostService, runId: string): boolean =>
  disabledReason?.includes(markOf(runId)) ?? false;
