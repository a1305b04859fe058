import type { JsonObject } from '#libs/kernel/src/json.js';
import { demandMembers, wrong } from '../binding.js';
import { type Lookup, Provider, ProviderFailure, type Subject } from '../provider.port.js';
import { filled, templateMistake } from '../template.js';
import type { Credentials } from './credentials.js';
import type { GuardedGet } from './guarded-get.js';
import { isPlainObject } from './plain-object.js';

interface Settings {
  readonly url: string;
  readonly headers?: Readonly<Record<string, { readonly credential: string }>>;
}

const longestUrl = 2000;
const mostHeaders = 8;

/** They say how a request travels, or are ours to say. */
const ours =
  /^(?:accept|accept-encoding|accept-charset|connection|content-.*|cookie2?|date|expect|forwarded|host|keep-alive|origin|proxy-.*|referer|sec-.*|te|trailer|transfer-encoding|upgrade|via|x-forwarded-.*)$/i;

const nobody: Subject = { id: 'id', kind: 'host', name: 'name', ipAddress: '192.0.2.1', projectId: '' };

const originMistake = (template: string): string | undefined => {
  const [origin] = /^https?:\/\/[^/?#\\]+/i.exec(template) ?? [];
  if (origin === undefined) return 'must be an http(s) URL';
  if (origin.includes('{')) return 'has a place for a value before its path, where there is none';
  return origin.includes('@') ? 'has credentials, which are to be named in headers' : undefined;
};

const urlMistake = (template: unknown): string | undefined => {
  if (typeof template !== 'string' || template.length > longestUrl)
    return `must be a text of at most ${longestUrl} characters`;
  // What a URL's reader leaves out or turns round would not be what was looked at.
  if (/[\s\\\p{Cc}]/u.test(template)) return 'has blanks, backslashes or control characters';
  const mistake = originMistake(template) ?? templateMistake(template);
  return mistake ?? (URL.canParse(filled(template, nobody)) ? undefined : 'must be an http(s) URL');
};

/** A name of `..` must not lead out of the path that was meant. */
const demandStraight = (text: string): void => {
  const [path = ''] = text.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/);
  if (path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)))
    throw new ProviderFailure('refused', 'the address would lead out of its path');
};

const urlFor = (template: string, subject: Subject): URL => {
  const text = filled(template, subject, (fact) => encodeURIComponent(fact.toWellFormed()));
  demandStraight(text);
  return new URL(text);
};

/** A GET of JSON over HTTP. */
export class HttpJson extends Provider {
  override readonly name = 'http-json';

  constructor(
    private readonly http: GuardedGet,
    private readonly credentials: Credentials,
  ) {
    super();
  }

  override check(settings: JsonObject, projectId: string): void {
    demandMembers(settings, ['url', 'headers']);
    const mistake = urlMistake(settings['url']);
    if (mistake !== undefined) throw wrong('url', mistake);
    const { headers = {} } = settings;
    if (!isPlainObject(headers) || Object.keys(headers).length > mostHeaders)
      throw wrong('headers', `must be an object of at most ${mostHeaders} members`);
    for (const [header, told] of Object.entries(headers)) this.checkHeader(header, told, settings, projectId);
  }

  override lookup(settings: JsonObject, subject: Subject): Lookup {
    const { url: template, headers = {} } = settings as unknown as Settings;
    const url = urlFor(template, subject);
    return {
      question: `${url.href} ${subject.projectId}`,
      place: url.origin,
      ask: async (signal) => this.http.json(url, this.secretHeaders(headers, url, subject.projectId), signal),
    };
  }

  private checkHeader(header: string, told: unknown, settings: JsonObject, projectId: string): void {
    const member = `headers.${header}`;
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(header) || ours.test(header))
      throw wrong('headers', `has ${JSON.stringify(header.slice(0, 100))}, which is not to be set`);
    const name = isPlainObject(told) && Object.keys(told).length === 1 ? told['credential'] : undefined;
    if (typeof name !== 'string') throw wrong(member, 'must be an object with the name of a `credential`');
    const url = new URL(filled((settings as unknown as Settings).url, nobody));
    if (this.credentials.valueFor({ name, url, projectId }) === undefined)
      throw wrong(member, 'names a credential that is not there for this project and url');
  }

  private secretHeaders(
    headers: NonNullable<Settings['headers']>,
    url: URL,
    projectId: string,
  ): Readonly<Record<string, string>> {
    const named = Object.entries(headers).map(([header, { credential: name }]) => {
      const value = this.credentials.valueFor({ name, url, projectId });
      if (value !== undefined) return [header, value] as const;
      throw new ProviderFailure(
        'refused',
        `the credential for ${header} is not there for this project and url`,
      );
    });
    return Object.fromEntries(named);
  }
}
