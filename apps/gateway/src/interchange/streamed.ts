import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { Exchange } from '../http/exchange.js';
import type { Written } from './formats.js';

/** A client that asks for no more for so long has gone away, whatever its connection says. */
const idleMs = 60_000;

async function* pieces(
  first: IteratorResult<string, unknown>,
  text: AsyncGenerator<string>,
  giveUp: () => void,
): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await text.next()) {
      const patience = setTimeout(giveUp, idleMs).unref();
      try {
        yield next.value;
      } finally {
        clearTimeout(patience);
      }
    }
  } finally {
    await text.return(undefined);
  }
}

/**
 * The text as an answer, written as fast as the client takes it. A first piece that cannot be read is a problem like any other; a later
 * one breaks the connection off, so that nobody takes a part for the whole.
 */
export const streamed = async (
  { reply }: Exchange,
  { text, media, filename }: Written,
): Promise<StreamableFile> => {
  const first = await text.next();
  reply.header('content-type', `${media}; charset=utf-8`);
  if (filename !== undefined) reply.header('content-disposition', `attachment; filename="${filename}"`);
  const giveUp = () => void reply.raw.destroy();
  return new StreamableFile(Readable.from(pieces(first, text, giveUp), { objectMode: false }));
};
