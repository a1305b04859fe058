import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '#libs/platform/src/data-dir-lock.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const stableName = (file: string): string => {
  try {
    const name = readFileSync(file, 'utf8').trim();
    if (uuid.test(name)) return name;
  } catch {
    // The first start: there is none yet.
  }
  const name = randomUUID();
  writeFileSync(file, `${name}\n`, { mode: 0o600 });
  return name;
};

/** Who begins steps: `<name>/<life>`. A later life of the same name may take over at once what an earlier one left. */
export class EngineIdentity {
  constructor(
    readonly name: string,
    readonly life: string,
    /** Lets go of the name. */
    readonly release: () => void = () => undefined,
  ) {}

  get id(): string {
    return `${this.name}/${this.life}`;
  }

  /** Whether that engine is this one or one of its earlier lives, which are all over. */
  isOwn(engine: string): boolean {
    return engine.startsWith(`${this.name}/`);
  }

  /** Keeps the name in the data directory. While another process has it, this one is a stranger with a name of its own. */
  static take(dataDir: string): EngineIdentity {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    try {
      const release = lockFile(join(dataDir, 'engine.lock'), `another engine uses ${dataDir}`);
      return new EngineIdentity(stableName(join(dataDir, 'engine-id')), randomUUID(), release);
    } catch {
      return new EngineIdentity(randomUUID(), randomUUID());
    }
  }
}
