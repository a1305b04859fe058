import { Body, Controller, HttpCode, Logger, Post } from '@nestjs/common';
import { ToVariables } from '#libs/inventory/src/inventory.handlers.js';
import { DomainError } from '#libs/kernel/src/errors.js';
import { KeyRing } from '#libs/platform/src/sealing/key-ring.js';
import { Commands, type Plan, type Step, unconditionally } from '../http/commands.js';
import { Current, type Exchange } from '../http/exchange.js';
import { Answers, Requires } from '../http/requires.js';
import { expectedRevision } from '../http/revision.js';
import { ResealedBody, Resealing } from './secrets.bodies.js';
import { Secrets } from './secrets.js';
import { type Reseal, type Resealed, SecretsReseal } from './secrets.reseal.js';

const demandNoRevision = ({ request }: Exchange): void => {
  const header = request.headers['if-match'];
  expectedRevision(header);
  if (header !== undefined)
    throw new DomainError('wrong-revision', 'secrets of many have no one revision to match');
};

const stepOf =
  ({ ownerId, ownerKind, projectId, seals }: Resealed): Step =>
  (metadata) =>
    new ToVariables(
      ownerId,
      { type: 'ResealVariables', ownerKind, seals },
      { ...unconditionally(metadata), projectId },
    );

const planOf = ({ parts }: Reseal, { caller }: Exchange): Plan => ({
  projectId: caller.projectId,
  steps: parts.map(stepOf),
  names: parts.map(({ ownerId, seals }) => `${ownerId} ${Object.keys(seals)[0]}`),
});

/** Secrets of all kinds of things. */
@Controller('v1/variables')
export class SecretsController {
  private readonly logger = new Logger('Secrets');

  constructor(
    private readonly reseal: SecretsReseal,
    private readonly secrets: Secrets,
    private readonly ring: KeyRing,
    private readonly commands: Commands,
  ) {}

  @Post('reseal')
  @HttpCode(200)
  @Requires('secrets:write')
  @Answers('Seals secrets that are under older keys with the newest one; tells what is left', ResealedBody)
  async sealAnew(
    @Current() exchange: Exchange,
    @Body() { dry_run, limit }: Resealing,
  ): Promise<ResealedBody> {
    demandNoRevision(exchange);
    const reseal = await this.reseal.prepared(exchange, limit);
    if (dry_run) return this.told(reseal, true);
    const plan = () => {
      this.secrets.demandKey();
      return planOf(reseal, exchange);
    };
    return this.commands.change(exchange, exchange.caller.projectId, plan, () => {
      const told = this.told(reseal, false);
      this.log(exchange, told);
      return told;
    });
  }

  private told({ sealed, left, more }: Reseal, dry_run: boolean): ResealedBody {
    const key = this.secrets.demandKey();
    const others = [...left].map(([name, secrets]) => ({
      key: name,
      secrets,
      at_hand: this.ring.has(name),
    }));
    return { dry_run, key, sealed, left: others, more };
  }

  private log({ caller, requestId }: Exchange, { key, sealed, left }: ResealedBody): void {
    const { username: user, projectId: project } = caller;
    this.logger.log({ requestId, user, project, key, sealed, left }, 'secrets are sealed anew');
  }
}
