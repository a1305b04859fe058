import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config, WrongConfiguration } from '#libs/platform/src/config/config.js';
import { StepRefused } from '#libs/workflows/src/step-plugin.port.js';

/** Throws `WrongConfiguration` where there is to be a directory of secrets and is none: a run would tell of it only at its step. */
export const demandSecrets = ({ CRATON_SECRETS_DIR: path }: Pick<Config, 'CRATON_SECRETS_DIR'>): void => {
  if (path !== undefined && !statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new WrongConfiguration([`CRATON_SECRETS_DIR: ${path} is not a directory`]);
};

/** What steps may use without its being recorded: files in a directory that only the engine reads. */
@Injectable()
export class Secrets {
  constructor(private readonly config: Config) {}

  /** Refused when there is no such file; the message names it and nothing else. `name` has no slash. */
  async read(name: string): Promise<string> {
    const directory = this.config.CRATON_SECRETS_DIR;
    if (directory === undefined)
      throw new StepRefused('the engine has no secrets: CRATON_SECRETS_DIR is not set');
    try {
      return (await readFile(join(directory, name), 'utf8')).replace(/\r?\n$/, '');
    } catch (cause) {
      throw new StepRefused(`the engine has no secret named ${name}`, { cause });
    }
  }
}
