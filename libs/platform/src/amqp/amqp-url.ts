import type { Options } from 'amqplib';

const schemes = new Map([
  ['amqp:', 'amqp'],
  ['amqps:', 'amqps'],
  ['rabbit:', 'amqp'],
  ['rabbit+ssl:', 'amqps'],
]);
const heartbeatSeconds = 30;

const shape = 'the address of the broker must look like amqp://user:password@host:5672/%2F';

/** Node's own error would repeat the URL, password and all. */
const parse = (url: string): URL => {
  if (!URL.canParse(url)) throw new Error(shape);
  return new URL(url);
};

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Error(`${shape}, with a % written as %25`);
  }
};

/** What a URL of a broker says; oslo's `rabbit://` is taken too. No path, or an empty one, means the virtual host `/`. */
export const connectionOf = (url: string): Options.Connect & { readonly hostname: string } => {
  const { protocol, hostname, port, username, password, pathname, searchParams } = parse(url);
  const scheme = schemes.get(protocol);
  if (scheme === undefined || hostname === '') throw new Error(shape);
  const heartbeat = Number(searchParams.get('heartbeat') ?? heartbeatSeconds);
  return {
    protocol: scheme,
    hostname: hostname.replaceAll(/^\[|\]$/g, ''),
    ...(port !== '' && { port: Number(port) }),
    ...((username !== '' || password !== '') && {
      username: decode(username),
      password: decode(password),
    }),
    // Passed on as it is written: amqplib decodes it.
    vhost: pathname.slice(1) || '%2F',
    heartbeat: Number.isInteger(heartbeat) && heartbeat > 0 ? heartbeat : heartbeatSeconds,
  };
};

/** Whether `connectionOf` and `brokerName` can say what it stands for. */
export const namesBroker = (url: string): boolean => {
  try {
    return brokerName(url) !== '';
  } catch {
    return false;
  }
};

/** Names the broker in logs and errors: never the user, the password or the query. */
export const brokerName = (url: string): string => {
  const { hostname, port, vhost = '' } = connectionOf(url);
  return `${hostname}${port === undefined ? '' : `:${port}`} (virtual host ${decode(vhost)})`;
};
