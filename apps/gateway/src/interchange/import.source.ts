import type { ByteStream } from '#libs/interchange/src/fleet-record.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import type { Exchange } from '../http/exchange.js';
import { upload } from '../http/upload.js';
import type { ImportFormat, ImportQuery } from './import.bodies.js';

const formats: Readonly<Record<string, ImportFormat>> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'text/csv': 'csv',
  'application/yaml': 'yaml',
  'application/x-yaml': 'yaml',
  'text/yaml': 'yaml',
  'application/json': 'ansible-json',
  'application/x-tar': 'ansible-directory',
  'application/gzip': 'ansible-directory',
  'application/x-gzip': 'ansible-directory',
};

/** What the client says that it sends. */
export const formatOf = ({ request }: Exchange, { format, inventory }: ImportQuery): ImportFormat => {
  const told = format ?? formats[request.rawType ?? ''];
  if (told !== undefined && told !== 'ansible-directory' && inventory !== undefined) {
    const message = 'is for archives: format=ansible-directory';
    throw new DomainError('validation-failed', `inventory ${message}`, {
      violations: [{ member: 'inventory', message }],
    });
  }
  if (told !== undefined) return told;
  const known =
    'application/x-ndjson, text/csv, application/yaml, application/json or application/x-tar, or ?format= must say what it is';
  throw new DomainError('unsupported-media-type', `the body must be ${known}`);
};

const tooLarge = (mostBytes: number): DomainError =>
  new DomainError('payload-too-large', `the body has more than ${mostBytes} bytes`);

async function* bounded(parts: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of parts) {
    bytes += part.length;
    if (bytes > mostBytes) throw tooLarge(mostBytes);
    yield part;
  }
}

/** The body as it comes. Throws `payload-too-large` where the client says that it is, and later where it is nevertheless. */
export const sourceOf = ({ request }: Exchange, mostBytes: number): ByteStream => {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
  return request.body ? bounded(upload(request), mostBytes) : [];
};
