import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger as NestLogger } from '@nestjs/common';
import type { Logger } from 'pino';
import type { AnyProjection } from '#libs/kernel/src/projection.js';
import { type Config, readConfig, WrongConfiguration } from './config/config.js';
import { DataDirLock } from './data-dir-lock.js';
import type { EventStore } from './event-store/event-store.js';
import { openEventStore } from './event-store/open-event-store.js';
import { ReadStore } from './read-store/read-store.js';
import { createLogger, drained, nestLogger } from './telemetry/logger.js';

/** What a process has to close, in this order: whoever takes requests first, what they need last. */
export type Closing = readonly { close(): Promise<unknown> }[];

/** What every process begins with. */
export interface Opened {
  readonly config: Config;
  readonly logger: Logger;
  readonly eventStore: EventStore;
}

/** Starts what the process is for; answers what is to be closed before the log is. */
export type Serve = (opened: Opened) => Promise<Closing>;

export const exitCodes = { stopped: 0, failed: 1, wrongConfiguration: 2 } as const;

const stoppingMs = 30_000;

const tell = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
};

const configured = (): Config => {
  try {
    return readConfig();
  } catch (error) {
    tell(error);
    process.exit(exitCodes.wrongConfiguration);
  }
};

const exit = (logger: Logger, code: number): void => void drained(logger).then(() => process.exit(code));

const closeAll = async (closing: Closing): Promise<void> => {
  for (const one of closing) await one.close();
};

const inTime = async (stopping: Promise<void>): Promise<void> => {
  const timeout = new AbortController();
  const late = sleep(stoppingMs, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(`not stopped within ${stoppingMs} ms`);
  });
  late.catch(() => undefined);
  await Promise.race([stopping, late]).finally(() => timeout.abort());
};

/** On SIGTERM or SIGINT closes everything in order, then ends the process: with 0, or with 1 when something would not close. */
export const closeOnSignal = (
  closing: Closing,
  logger: Logger,
  end: (code: number) => void = (code) => exit(logger, code),
): void => {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    try {
      await inTime(closeAll(closing));
      logger.info('stopped');
      end(exitCodes.stopped);
    } catch (error) {
      logger.error({ err: error }, 'could not stop in good order');
      end(exitCodes.failed);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
};

/** The read models of this process, in its data directory. Not started yet. */
export const readStoreOf = (
  { config, eventStore }: Opened,
  projections: readonly AnyProjection[],
): ReadStore =>
  new ReadStore({
    path: join(config.CRATON_DATA_DIR, 'read-models.db'),
    store: eventStore,
    projections,
  });

/**
 * The life of a process: reads its configuration (else exit 2, with the list of what is wrong), takes its data directory, opens the
 * log, serves, and on SIGTERM or SIGINT closes all of it in order. What keeps it from starting is told on stderr, exit 1; a defect that
 * nobody caught is logged and ends it, exit 1: the log is what it goes on from.
 */
export const runProcess = async (serve: Serve): Promise<void> => {
  // Whatever the directory's own mode: what is kept in it is nobody else's to read.
  process.umask(0o077);
  const config = configured();
  const logger = createLogger(config.CRATON_LOG_LEVEL);
  // Before the application takes it over, read models tell already what they wait for.
  NestLogger.overrideLogger(nestLogger(logger));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'a defect that nobody caught');
    exit(logger, exitCodes.failed);
  });
  try {
    const unlock = DataDirLock.take(config.CRATON_DATA_DIR);
    const eventStore = await openEventStore(config);
    const served = await serve({ config, logger, eventStore });
    closeOnSignal([...served, eventStore, { close: async () => unlock() }], logger);
  } catch (error) {
    logger.debug({ err: error }, 'could not start');
    tell(error);
    exit(logger, error instanceof WrongConfiguration ? exitCodes.wrongConfiguration : exitCodes.failed);
  }
};
