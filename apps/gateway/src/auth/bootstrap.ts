import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { v5 } from 'uuid';
import { type ProjectCommand } from '#libs/inventory/src/project.decider.js';
import { ToProject } from '#libs/inventory/src/inventory.handlers.js';
import type { CommandMetadata } from '#libs/platform/src/command-runner/command-runner.js';
import { Config } from '#libs/platform/src/config/config.js';
import { StreamNotFound } from '#libs/platform/src/event-store/event-store.errors.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { newId } from '#libs/platform/src/identifiers.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { adoptApiKey, type ApiKey, issueApiKey } from './api-keys.js';
import { type Credentials, isExposed, readCredentials, writeCredentials } from './credentials-file.js';

const name = 'bootstrap';
const patienceMs = 30_000;

/**
 * Makes the first project and its administrator in a log that has none. The credentials are on the disk before the log knows of
 * them, so that an end in between locks nobody out: the next start takes them up.
 */
@Injectable()
export class Bootstrap {
  private readonly path: string;
  private readonly logger = new Logger('Bootstrap');

  constructor(
    private readonly config: Config,
    private readonly eventStore: EventStore,
    private readonly readStore: ReadStore,
    private readonly bus: CommandBus,
  ) {
    this.path = join(config.CRATON_DATA_DIR, 'credentials.json');
  }

  /** After the application was initialised. Answers what to tell the operator once; undefined when there is nothing new. */
  async run(): Promise<Credentials | undefined> {
    const kept = await readCredentials(this.path);
    if (kept) await this.tellOfFile();
    if (!(await this.isNeeded(kept))) return undefined;
    const configured = this.config.CRATON_BOOTSTRAP_API_KEY;
    const token = configured ?? kept?.api_key;
    const key = token === undefined ? await issueApiKey() : await adoptApiKey(token);
    const credentials = this.credentials(kept, key);
    await mkdir(this.config.CRATON_DATA_DIR, { recursive: true });
    await writeCredentials(this.path, credentials);
    await this.record(credentials, key);
    return credentials;
  }

  /** A start before this one may have ended before it could tell anybody. */
  private async tellOfFile(): Promise<void> {
    this.logger.log(`the API key of the first administrator is kept in ${this.path}`);
    if (await isExposed(this.path))
      this.logger.warn(`${this.path} holds an API key and is not for its owner alone: chmod 600 it`);
  }

  /** A log without a project, or one whose first project was begun and is still without its key. */
  private async isNeeded(kept: Credentials | undefined): Promise<boolean> {
    const filter = { categories: ['project'] };
    for await (const _ of this.eventStore.readAll({ limit: 1, filter })) {
      return kept !== undefined && (await this.wasInterrupted(kept.project_id));
    }
    return true;
  }

  private async wasInterrupted(projectId: string): Promise<boolean> {
    try {
      const types: string[] = [];
      for await (const { type } of this.eventStore.readStream(`project-${projectId}`, { limit: 3 }))
        types.push(type);
      return !types.includes('ApiKeyIssued');
    } catch (error) {
      if (error instanceof StreamNotFound) return false;
      throw error;
    }
  }

  /** The user's id follows from the project's, so that several gateways which start at once mean the same user. */
  private credentials(kept: Credentials | undefined, { token }: ApiKey): Credentials {
    const projectId = this.config.CRATON_BOOTSTRAP_PROJECT_ID?.toLowerCase() ?? kept?.project_id ?? newId();
    return {
      project_id: projectId,
      user_id: v5('user', projectId),
      username: this.config.CRATON_BOOTSTRAP_USERNAME,
      api_key: token,
    };
  }

  private async record(credentials: Credentials, { keyId, hash }: ApiKey): Promise<void> {
    const { project_id: projectId, user_id: userId, username } = credentials;
    const commands: ProjectCommand[] = [
      { type: 'CreateProject', name },
      { type: 'AddUser', userId, username, roles: ['admin', 'root'] },
      { type: 'IssueApiKey', keyId, userId, name, hash },
    ];
    const correlationId = newId();
    for (const command of commands) {
      const metadata: CommandMetadata = {
        actor: { userId, username, projectId },
        projectId,
        correlationId,
        causationId: correlationId,
        commandId: v5(command.type, projectId),
        reason: 'first start',
      };
      const { cursor } = await this.bus.execute(new ToProject(projectId, command, metadata));
      if (cursor !== undefined) await this.readStore.passed(cursor, patienceMs);
    }
  }
}
