import { DomainError } from '#libs/kernel/src/errors.js';
import type { Cloud } from './cloud.port.js';

export const noCloudFor = (projectId: string): string =>
  `project ${projectId} may not have the cloud worked on: CRATON_CLOUD_PROJECTS does not name it`;

/**
 * The one way to the cloud for work that a project asked for. The cloud knows hosts by name and takes our word for whose they are, so
 * that a project which may register a host of any name could otherwise have any host of the cloud worked on.
 */
export class CloudAccess {
  readonly #cloud: Cloud;
  private readonly projects: ReadonlySet<string>;

  /** `*` among the ids of projects stands for every project. */
  constructor(cloud: Cloud, projects: readonly string[]) {
    this.#cloud = cloud;
    this.projects = new Set(projects.map((id) => id.toLowerCase()));
  }

  allows(projectId: string): boolean {
    return this.projects.has('*') || this.projects.has(projectId.toLowerCase());
  }

  /** Throws `forbidden` for a project that is not among those whose operators may have the cloud worked on. */
  demand(projectId: string): void {
    if (!this.allows(projectId)) throw new DomainError('forbidden', noCloudFor(projectId));
  }

  /** The cloud, on behalf of a project; throws `forbidden` as `demand` does. */
  of(projectId: string): Cloud {
    this.demand(projectId);
    return this.#cloud;
  }

  /** The cloud, to undo what was done to it while that was allowed. */
  toUndo(): Cloud {
    return this.#cloud;
  }
}
