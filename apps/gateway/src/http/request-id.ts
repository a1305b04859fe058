import { newId } from '#libs/platform/src/identifiers.js';
import { isUuid } from './fields.js';

/** As OpenStack's services write it. */
export const newRequestId = (): string => `req-${newId()}`;

export const isRequestId = (text: string): boolean => text.startsWith('req-') && isUuid(text.slice(4));
