import type { LoggerService } from '@nestjs/common';
import { Logger as NestLogger, PinoLogger } from 'nestjs-pino';
import { type DestinationStream, type Logger, pino, symbols } from 'pino';

const secrets = ['authorization', 'x-auth-token', 'password', 'api_key', 'apiKey', 'token', 'hash'];

/** JSON lines, one a fact, on stderr unless another stream is given. Members that name a secret are blanked, two levels deep. */
export const createLogger = (level: string, stream?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secrets.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: '(secret)' },
    },
    stream ?? pino.destination({ dest: 2, sync: false }),
  );

/** Resolves when every line is written: the end of a process would lose those that are not. Nothing may be logged after it. */
export const drained = (logger: Logger): Promise<void> =>
  new Promise((resolve) => {
    // Its `flush` does not wait for what is being written.
    const { [symbols.streamSym]: stream } = logger as unknown as Record<symbol, NodeJS.WritableStream>;
    stream?.once('close', resolve);
    stream?.end();
  });

/** Who tells of how the application is put together, route by route. */
const wiring = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

class Lines extends NestLogger {
  override log(message: unknown, ...parameters: unknown[]): void {
    if (wiring.has(String(parameters.at(-1)))) this.debug(message, ...parameters);
    else super.log(message, ...parameters);
  }
}

/** What `app.useLogger` takes, so that every `new Logger('context')` of Nest's writes to the same lines. */
export const nestLogger = (logger: Logger): LoggerService =>
  new Lines(new PinoLogger({ pinoHttp: { logger } }), {});
