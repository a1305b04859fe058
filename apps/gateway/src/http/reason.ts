import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '#libs/kernel/src/errors.js';

const maxLength = 1000;

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** Why somebody does what they do, from `X-Craton-Reason`: percent-encoded UTF-8, so that it may be in any language. */
export const reasonOf = (headers: IncomingHttpHeaders): string | undefined => {
  const header = headers['x-craton-reason'];
  if (header === undefined) return undefined;
  const reason = decoded(String(header));
  if (reason && reason.length <= maxLength && !/\p{Cc}/u.test(reason)) return reason;
  const message = `must be 1 to ${maxLength} characters of percent-encoded UTF-8 without control characters`;
  throw new DomainError('validation-failed', `X-Craton-Reason ${message}`, {
    violations: [{ member: 'X-Craton-Reason', message }],
  });
};
