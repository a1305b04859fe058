import { createCipheriv, createDecipheriv, createHmac, hash, randomBytes } from 'node:crypto';

/** What only the holder of the key named here can read. `nonce` and `sealed`, which ends with its tag, are base64url. */
export interface Sealed {
  readonly key: string;
  readonly nonce: string;
  readonly sealed: string;
}

interface Key {
  readonly id: string;
  /** Its id where it has no name: what it sealed before it got one says this. */
  readonly fingerprint: string;
  readonly bytes: Buffer;
  /** For another use than sealing, so that nothing is learned from one about the other. */
  readonly marking: Buffer;
}

const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Texts of similar length look alike from outside. */
const step = 32;

const part = /^(?:([A-Za-z0-9_.-]{1,32}):)?([A-Za-z0-9+/_-]{43}=?)$/;

const readKey = (text: string): Key | undefined => {
  const [, name, encoded = ''] = part.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== keyBytes) return undefined;
  const fingerprint = hash('sha256', bytes, 'hex').slice(0, 8);
  return {
    id: name ?? fingerprint,
    fingerprint,
    bytes,
    marking: createHmac('sha256', bytes).update('craton marks').digest(),
  };
};

const readKeys = (text: string): readonly Key[] | undefined => {
  const keys = text.split(',').map(readKey);
  const ids = new Set(keys.map((key) => key?.id));
  return keys.includes(undefined) || ids.size < keys.length ? undefined : (keys as readonly Key[]);
};

/** Whether a text says keys: 32 bytes in base64 each, with commas between, and a name of its own before a colon where wanted. */
export const areKeys = (text: unknown): boolean => typeof text === 'string' && readKeys(text) !== undefined;

/** Keys from the environment: the first one seals, all of them open. */
export class KeyRing {
  private constructor(private readonly keys: readonly Key[]) {}

  /** Throws when these are no keys, without repeating them; without a text the ring is empty. */
  static of(text: string | undefined): KeyRing {
    const keys = text === undefined ? [] : readKeys(text);
    if (keys === undefined) throw new Error('these are no keys');
    return new KeyRing(keys);
  }

  /** Name of the key that seals; undefined when there is none. */
  get current(): string | undefined {
    return this.keys[0]?.id;
  }

  /** Opens under the same context only. Throws when there is no key. */
  seal(text: string, context: string): Sealed {
    const [key] = this.keys;
    if (!key) throw new Error('there is no key to seal with');
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, key.bytes, nonce, { authTagLength: tagBytes });
    sealing.setAAD(Buffer.from(context));
    const clear = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(clear.length);
    const filling = Buffer.alloc((step - ((clear.length + length.length) % step)) % step);
    const sealed = Buffer.concat([
      sealing.update(Buffer.concat([length, clear, filling])),
      sealing.final(),
      sealing.getAuthTag(),
    ]);
    return { key: key.id, nonce: nonce.toString('base64url'), sealed: sealed.toString('base64url') };
  }

  /** Undefined when the key is not on the ring, the context is another one, or something was changed. */
  open({ key: id, nonce, sealed }: Sealed, context: string): string | undefined {
    const key = this.named(id);
    const bytes = Buffer.from(sealed, 'base64url');
    const end = bytes.length - tagBytes;
    if (!key || end < step) return undefined;
    try {
      const opening = createDecipheriv(cipher, key.bytes, Buffer.from(nonce, 'base64url'), {
        authTagLength: tagBytes,
      });
      opening.setAAD(Buffer.from(context));
      opening.setAuthTag(bytes.subarray(end));
      const clear = Buffer.concat([opening.update(bytes.subarray(0, end)), opening.final()]);
      return clear.toString('utf8', 4, 4 + clear.readUInt32BE(0));
    } catch {
      return undefined;
    }
  }

  /** Whether it can open what a key of this name sealed. */
  has(name: string): boolean {
    return this.named(name) !== undefined;
  }

  /** Whether what a key of this name sealed would be sealed by the same key now. */
  isCurrent(name: string): boolean {
    return this.keys.length > 0 && this.named(name) === this.keys[0];
  }

  /** A mark of the text by each key: who has none of them cannot try out which text it is of. */
  marksOf(text: string): readonly string[] {
    return this.keys.map(({ marking }) => createHmac('sha256', marking).update(text).digest('base64url'));
  }

  private named(name: string): Key | undefined {
    return (
      this.keys.find(({ id }) => id === name) ?? this.keys.find(({ fingerprint }) => fingerprint === name)
    );
  }
}
