import { randomUUID } from 'node:crypto';
import { isUuid } from './fields.js';

/** As OpenStack's services write it. */
export const newRequestId = (): string => `req-${randomUUID()}`;

export const isRequestId = (text: string): boolean => text.startsWith('req-') && isUuid(text.slice(4));
