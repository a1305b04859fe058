import { InvalidArgument } from './event-store.errors.js';

const known = new Set(
  [
    'connectionName',
    'defaultDeadline',
    'discoveryInterval',
    'gossipTimeout',
    'keepAliveInterval',
    'keepAliveTimeout',
    'maxDiscoverAttempts',
    'tls',
    'tlsCAFile',
    'userCertFile',
    'userKeyFile',
  ].map((name) => name.toLowerCase()),
);

const shape = /^(esdb(?:\+discover)?):\/\/(?:[^@/?]+@)?([^@/?]+)\/?(?:\?(.*))?$/;
const leastKeepAliveMs = 10_000;
/** The server refuses an append when this instant, told by the client's clock, has passed on its own clock. */
const deadlineMs = 120_000;

/** Where the log is: a connection string that was found good, without showing it to anybody. */
export class EsdbAddress {
  /** Hosts and ports, no credentials: may be logged. */
  readonly shown: string;
  private readonly base: string;

  /** Throws `InvalidArgument`, never with a part of the connection string that may be secret. */
  constructor(connectionString: string) {
    const match = shape.exec(connectionString.trim());
    if (!match)
      throw new InvalidArgument(
        'the address of the event store must be esdb://[user:password@]host:port[?options]',
      );
    const [, scheme, hosts, query] = match;
    const options = (query ?? '').split('&').filter((option) => option !== '');
    for (const option of options) checkOption(option);
    this.shown = `${scheme}://${hosts}`;
    this.base = `${connectionString.trim().split('?')[0]?.replace(/\/+$/, '')}?${options.join('&')}`;
  }

  /** What the client is given: the address, and what we rely on. */
  get forClient(): string {
    const deadline = /[?&]defaultDeadline=/i.test(this.base) ? '' : `defaultDeadline=${deadlineMs}&`;
    const joint = this.base.endsWith('?') ? '' : '&';
    return `${this.base}${joint}${deadline}nodePreference=leader&throwOnAppendFailure=true`;
  }
}

// The client warns about these on the console and prints the whole connection string with it.
const checkOption = (option: string): void => {
  const [name = '', value = ''] = option.split('=', 2);
  if (!known.has(name.toLowerCase()) || value === '')
    throw new InvalidArgument(
      `the address of the event store has an option that is not supported: ${name.slice(0, 40)}`,
    );
  if (name.toLowerCase() === 'keepaliveinterval' && !(Number(value) >= leastKeepAliveMs))
    throw new InvalidArgument(`keepAliveInterval must be at least ${leastKeepAliveMs} milliseconds`);
};
