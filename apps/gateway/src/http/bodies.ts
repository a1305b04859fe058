import { Identifier, Instant, Name, Nullable, OneOf } from './fields.js';

/** What every thing that the API shows has. */
export class RecordBody {
  @Identifier()
  readonly id: string;

  @Instant()
  readonly created_at: string;

  @Nullable()
  @Instant()
  readonly updated_at: string | null;
}

export class LinkBody {
  @OneOf(['first', 'prev', 'self', 'next', 'up'])
  readonly rel: string;

  @Name(2048)
  readonly href: string;
}
