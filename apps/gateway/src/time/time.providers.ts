import type { Type } from '@nestjs/common';
import { HistoryQueries } from '#projections/history/history.queries.js';
import { Changes } from './changes.js';
import { Differences } from './differences.js';
import { FittingTrial } from './fitting-trial.js';
import { LogReader } from './log-reader.js';
import { ReversalTrial } from './reversal-trial.js';
import { Reversals } from './reversals.js';
import { RevertedEvents } from './reverted-events.js';
import { ReversalTeller, Reverter } from './reverter.js';
import { SubjectHistory } from './subject-history.js';
import { Subjects } from './subjects.js';
import { WorkSubjects } from './work-subjects.js';

/** What the routes about the past are made of. */
export const timeProviders: readonly Type[] = [
  HistoryQueries,
  Changes,
  Differences,
  LogReader,
  Subjects,
  WorkSubjects,
  SubjectHistory,
  RevertedEvents,
  Reversals,
  FittingTrial,
  ReversalTrial,
  ReversalTeller,
  Reverter,
];
