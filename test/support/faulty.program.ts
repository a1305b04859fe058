import { runProcess } from '#libs/platform/src/process.js';

/** Runs well until something that nobody waits for goes wrong. */
await runProcess(async ({ logger }) => {
  // Only then are signals heard.
  setImmediate(() => logger.info({ url: 'http://nowhere' }, 'running'));
  if (process.env['CRATON_TEST_FAULT'] === 'stuck')
    return [{ close: () => Promise.reject(new Error('stuck')) }];
  setImmediate(() => void Promise.reject(new TypeError('nobody waits for this')));
  return [];
});
