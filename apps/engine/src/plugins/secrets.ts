import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '#libs/platform/src/config/config.js';
import { StepRefused } from '#libs/workflows/src/step-plugin.port.js';

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
