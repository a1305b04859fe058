import { text } from 'node:stream/consumers';
import { notifyOnce } from './notify-once.js';

// One notification as JSON on standard input; ends with 0 once the broker has confirmed it.
try {
  await notifyOnce(await text(process.stdin), process.env);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
