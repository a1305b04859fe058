import { Controller, Get, Inject, Optional as IfAny } from '@nestjs/common';
import { NotificationDelivery } from '#libs/notifications/src/delivery.port.js';
import { EventStore } from '#libs/platform/src/event-store/event-store.js';
import { ReadStore } from '#libs/platform/src/read-store/read-store.js';
import { Flag, Instant, Name, Nullable, OneOf, Optional, Part } from './http/fields.js';
import { Current, type Exchange } from './http/exchange.js';
import { Answers, Public } from './http/requires.js';

class CheckBody {
  @Flag()
  readonly ok: boolean;

  @Name(1000)
  readonly detail: string;
}

class NotificationsBody {
  /** False while the broker is away: then notifications wait, and nothing else does. */
  @Flag()
  readonly connected: boolean;

  @Name(1000)
  readonly detail: string;

  @Nullable()
  @Instant()
  readonly away_since: string | null;

  /** When the oldest event happened that the broker has not been told of. */
  @Nullable()
  @Instant()
  readonly waiting_since: string | null;
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

  /** Where this process publishes them. */
  @Optional()
  @Part(() => NotificationsBody)
  readonly notifications?: NotificationsBody;
}

const patienceMs = 5000;

const unknown: NotificationsBody = {
  connected: false,
  detail: 'nobody can say: the log does not answer',
  away_since: null,
  waiting_since: null,
};

const away: CheckBody = { ok: false, detail: `no answer within ${patienceMs} ms` };

const within = async <T>(check: Promise<T>, late: T): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), patienceMs);
  });
  return Promise.race([check, deadline]).finally(() => clearTimeout(timer));
};

const notificationsBody = async (delivery: NotificationDelivery): Promise<NotificationsBody> => {
  const { connected, detail, awaySince, waitingSince } = await delivery.state();
  return {
    connected,
    detail,
    away_since: awaySince?.toISOString() ?? null,
    waiting_since: waitingSince?.toISOString() ?? null,
  };
};

@Public()
@Controller('health')
export class HealthController {
  @IfAny()
  @Inject(NotificationDelivery)
  private readonly delivery: NotificationDelivery | undefined;

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
    const log = await within(
      this.eventStore.health().catch(() => ({ ok: false, detail: 'no answer' })),
      away,
    );
    const told =
      this.delivery &&
      (await within(
        notificationsBody(this.delivery).catch(() => unknown),
        unknown,
      ));
    const readModels = this.readStore.health();
    const ready = log.ok && readModels.ok;
    if (!ready) reply.code(503);
    return {
      status: ready ? 'ready' : 'not ready',
      log,
      read_models: readModels,
      ...(told && { notifications: told }),
    };
  }
}
