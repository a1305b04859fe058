import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { refuseUnreadable } from './unreadable.js';

interface Deadline {
  readonly cut: () => void;
  timer: NodeJS.Timeout;
}

const deadlines = new WeakMap<IncomingMessage, Deadline>();

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

const tooSlow = (): Error & { code: string } =>
  Object.assign(new Error('the body took too long'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });

/**
 * Closes the connection of a request whose body is not there in time, with a 408 where nothing was answered yet. Node's own
 * `requestTimeout` is the same for every route; this is what all have that are not granted another time.
 */
export const limitBodies = (server: Server, patience: { readonly bodyMs: number }): void => {
  // Before the routes hear of it, which may grant it another time at once.
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!hasBody(request)) return;
    const cut = () => {
      if (response.headersSent) request.socket.destroy();
      else refuseUnreadable(tooSlow(), request.socket);
    };
    deadlines.set(request, { cut, timer: setTimeout(cut, patience.bodyMs).unref() });
    request.once('close', () => {
      clearTimeout(deadlines.get(request)?.timer);
      deadlines.delete(request);
    });
  });
};

/** The rest of the body may take so long from now on. */
export const grantTime = (request: IncomingMessage, ms: number): void => {
  const deadline = deadlines.get(request);
  if (!deadline) return;
  clearTimeout(deadline.timer);
  deadline.timer = setTimeout(deadline.cut, ms).unref();
};
