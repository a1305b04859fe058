import type { Figure } from './figure.js';
import { appends } from './figures/appends.js';
import { fleet } from './figures/fleet.js';
import { hostReads } from './figures/host-reads.js';
import { hostWrites } from './figures/host-writes.js';
import { imports } from './figures/imports.js';
import { memory } from './figures/memory.js';
import { publishing } from './figures/publishing.js';
import { rebuild } from './figures/rebuild.js';
import { start } from './figures/start.js';

/** In the order in which they are measured. */
export const figures: readonly Figure[] = [
  appends,
  hostWrites,
  hostReads,
  fleet,
  imports,
  rebuild,
  publishing,
  start,
  memory,
];
