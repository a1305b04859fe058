import { readFileSync, statSync } from 'node:fs';
import { isPlainObject } from './plain-object.js';

interface Credential {
  readonly value: string;
  readonly urls: readonly URL[];
  readonly projects: readonly string[] | '*';
}

export type CredentialUse = { readonly name: string; readonly url: URL; readonly projectId: string };

const isText = (value: unknown): value is string => typeof value === 'string';

const listOf = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.every(isText) ? value : undefined;

const credentialOf = (name: string, told: unknown): Credential => {
  const { value, urls, projects } = isPlainObject(told) ? told : {};
  const parsed = (listOf(urls) ?? []).map((url) => URL.parse(url));
  if (!isText(value) || !/^[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?$/.test(value))
    throw new Error(`credential ${name}: value must be 1 to 4096 visible ASCII characters`);
  if (parsed.length === 0 || parsed.some((url) => !url || !/^https?:$/.test(url.protocol)))
    throw new Error(`credential ${name}: urls must be a list of http(s) URLs that it may be sent to`);
  const allowed = projects === '*' ? projects : listOf(projects);
  if (!allowed) throw new Error(`credential ${name}: projects must be a list of project ids, or "*"`);
  return { value, urls: parsed as URL[], projects: allowed };
};

/** Below a path that ends in a slash; without one, that path only. */
const isBelow = (url: URL, place: URL): boolean =>
  url.origin === place.origin &&
  (place.pathname.endsWith('/') ? url.pathname.startsWith(place.pathname) : url.pathname === place.pathname);

const textOf = (path: string): string => {
  try {
    if ((statSync(path).mode & 0o077) === 0) return readFileSync(path, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Error(`${path} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code}`, {
      cause: error,
    });
  }
  throw new Error(`${path} holds credentials and must be readable by its owner only`);
};

/** Secrets that bindings may name: each goes to the places that its operator said, for the projects that he said, and nowhere else. */
export class Credentials {
  readonly #all: ReadonlyMap<string, Credential>;

  constructor(told: Readonly<Record<string, unknown>>) {
    this.#all = new Map(Object.entries(told).map(([name, one]) => [name, credentialOf(name, one)]));
  }

  /** Throws when the file cannot be read, is readable by others than its owner, or says something else; its contents are never repeated. */
  static read(path: string): Credentials {
    const text = textOf(path);
    let told: unknown;
    try {
      told = JSON.parse(text);
    } catch {
      // The parser would quote a secret.
      throw new Error(`${path} is not JSON`);
    }
    if (!isPlainObject(told)) throw new Error(`${path} must hold an object of credentials by name`);
    return new Credentials(told);
  }

  /** Undefined when there is no such credential, or it is not for this URL or project: all three are the same to who asks. */
  valueFor({ name, url, projectId }: CredentialUse): string | undefined {
    const credential = this.#all.get(name);
    if (!credential) return undefined;
    const mine = credential.projects === '*' || credential.projects.includes(projectId);
    return mine && credential.urls.some((place) => isBelow(url, place)) ? credential.value : undefined;
  }
}
