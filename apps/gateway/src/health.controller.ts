import { Controller, Get } from '@nestjs/common';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { Flag, Name, OneOf, Part } from './http/fields.js';
import { Current, type Exchange } from './http/exchange.js';
import { Answers, Public } from './http/requires.js';

class CheckBody {
  @Flag()
  readonly ok: boolean;

  @Name(1000)
  readonly detail: string;
}

class LiveBody {
  @OneOf(['live'])
  readonly status: string;
}

class ReadyBody {
  @OneOf(['ready', 'not ready'])
  readonly status: string;

  @Part(() => CheckBody)
  readonly log: CheckBody;

  @Part(() => CheckBody)
  readonly read_models: CheckBody;
}

const patienceMs = 5000;

const away: CheckBody = { ok: false, detail: `no answer within ${patienceMs} ms` };

const within = async (check: Promise<CheckBody>): Promise<CheckBody> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<CheckBody>((resolve) => {
    timer = setTimeout(() => resolve(away), patienceMs);
  });
  return Promise.race([check, deadline]).finally(() => clearTimeout(timer));
};

@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly eventStore: EventStore,
    private readonly readStore: ReadStore,
  ) {}

  @Get('live')
  @Answers('Says that the process answers', LiveBody)
  live(): LiveBody {
    return { status: 'live' };
  }

  @Get('ready')
  @Answers('Says whether the log can be written and the read models keep up: 200, else 503', ReadyBody)
  async ready(@Current() { reply }: Exchange): Promise<ReadyBody> {
    const log = await within(this.eventStore.health().catch(() => ({ ok: false, detail: 'no answer' })));
    const readModels = this.readStore.health();
    const ready = log.ok && readModels.ok;
    if (!ready) reply.code(503);
    return { status: ready ? 'ready' : 'not ready', log, read_models: readModels };
  }
}
