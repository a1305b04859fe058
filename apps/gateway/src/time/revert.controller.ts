import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { DomainError } from '#libs/kernel/src/errors.js';
import { RequestsQueries } from '#projections/requests/requests.queries.js';
import { Commands } from '../http/commands.js';
import { Current, type Exchange } from '../http/exchange.js';
import { idempotencyKey } from '../http/idempotency.js';
import { Answers, Requires } from '../http/requires.js';
import { expectedRevision } from '../http/revision.js';
import { planOf } from './reversal-plan.js';
import { nothingToDo, type ReversalStep } from './reversal.js';
import { Reversion, ReversionBody } from './revert.bodies.js';
import { Reverter } from './reverter.js';

const mostTold = 100;

/** All or nothing. */
const demandNoObstacles = (steps: readonly ReversalStep[]): void => {
  const refused = steps.filter(({ obstacles }) => obstacles.length > 0);
  if (refused.length === 0) return;
  const violations = refused.flatMap(({ found, obstacles }) =>
    obstacles.map(({ message }) => ({ member: found.event.id, message })),
  );
  const first = violations[0]?.message ?? '';
  const forbidden = refused.some(({ obstacles }) => obstacles.some(({ code }) => code === 'forbidden'));
  throw new DomainError(
    forbidden ? 'forbidden' : 'illegal-state',
    `${refused.length} of ${steps.length} changes cannot be put back: ${first}`,
    { violations: violations.slice(0, mostTold) },
  );
};

const demandNoRevision = ({ request }: Exchange): void => {
  const header = request.headers['if-match'];
  expectedRevision(header);
  if (header !== undefined)
    throw new DomainError('wrong-revision', 'what is put back is no one thing that had a revision to match');
};

@Controller('v1/revert')
export class RevertController {
  constructor(
    private readonly reverter: Reverter,
    private readonly requests: RequestsQueries,
    private readonly commands: Commands,
  ) {}

  @Post()
  @HttpCode(200)
  @Requires('variables:write')
  @Answers(
    'Puts one change, or everything done under one correlation id, back; or tells whether that can be done',
    ReversionBody,
  )
  async revert(@Current() exchange: Exchange, @Body() asked: Reversion): Promise<ReversionBody> {
    demandNoRevision(exchange);
    const reversal = await this.reverter.prepared(exchange, asked);
    const { steps } = reversal;
    if (asked.dry_run) return this.reverter.told(exchange, reversal, asked);
    const subject = asked.event_id ?? asked.correlation_id ?? '';
    const began = this.began(exchange);
    const plan = () => {
      // The first time somebody may have been between two parts: what is still to be done is done.
      if (began === undefined) demandNoObstacles(steps);
      const open = steps.filter((step) => step.obstacles.length === 0 && !nothingToDo(step));
      return planOf(open, { subject, reason: asked.reason });
    };
    // A repetition is answered as the first time.
    const first = began === undefined ? reversal : await this.reverter.before(exchange, reversal, began);
    const done = await this.reverter.told(exchange, first, asked);
    return this.commands.change(exchange, subject, plan, () => done);
  }

  /** Where in the log the first append of the first attempt ended, of a request that is repeated. */
  private began({ view, caller, request }: Exchange): string | undefined {
    const key = idempotencyKey(request);
    return key === undefined ? undefined : this.requests.began(view, caller.userId, key);
  }
}
