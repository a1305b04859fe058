import { check, Name, OneOf, Optional } from '../http/fields.js';
import { importModes, ImportOptions } from './import.bodies.js';

const isPlainUrl = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
};

const slug = /^[\w-]{1,100}$/;

export class NetBoxImport extends ImportOptions {
  /** Where NetBox is, without `/api`. */
  @check(
    'netboxUrl',
    (value) => typeof value === 'string' && value.length <= 2048 && isPlainUrl(value),
    'must be an http or https URL without credentials',
    { type: 'string', format: 'uri', maxLength: 2048 },
  )
  readonly url: string;

  /** Of somebody who may read there. It is used for this one import, and kept nowhere. */
  @check(
    'netboxToken',
    (value) => typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value),
    'must be 1 to 255 visible ASCII characters',
    { type: 'string', minLength: 1, maxLength: 255, writeOnly: true },
  )
  readonly token: string;

  /** The cloud that everything is put into; it is made when it is missing. */
  @Name()
  readonly cloud: string = 'netbox';

  /** Slugs of the roles whose devices are network devices; by default those that sound like it, such as `router`. */
  @Optional()
  @check(
    'roles',
    (value) =>
      Array.isArray(value) &&
      value.length <= 1000 &&
      value.every((one) => typeof one === 'string' && slug.test(one)),
    'must be a list of at most 1000 slugs',
    { type: 'array', items: { type: 'string', pattern: '^[0-9A-Za-z_-]{1,100}$' }, maxItems: 1000 },
  )
  readonly network_roles?: readonly string[];

  /** A NetBox is never without objects that have no place in a fleet: by default the others are imported. */
  @OneOf(importModes)
  override readonly mode: (typeof importModes)[number] = 'best-effort';
}
