import { ServiceRefused, ServiceUnavailable } from '#libs/openstack/src/openstack.errors.js';
import { CloudRefused, CloudUnavailable } from '../cloud.port.js';

/** A credential that is not accepted says nothing about the order: mended, the same call succeeds. */
const OURS = new Set([401, 406, 413, 429]);

/** Runs a call to OpenStack and says its errors in the words of the port. */
export const translated = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof ServiceUnavailable) throw new CloudUnavailable(cause.message, { cause });
    if (!(cause instanceof ServiceRefused)) throw cause;
    if (OURS.has(cause.status)) throw new CloudUnavailable(cause.message, { cause });
    throw new CloudRefused(cause.explanation ?? cause.message, { cause });
  }
};
