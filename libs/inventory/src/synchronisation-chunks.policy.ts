const mostItems = 500;
const mostCharacters = 200_000;

/** As many at a time as one write to the log takes. */
export const inChunks = <T>(items: readonly T[]): readonly (readonly T[])[] => {
  const chunks: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = JSON.stringify(item).length;
    const last = chunks.at(-1);
    if (last && last.length < mostItems && size <= room) {
      last.push(item);
      room -= size;
    } else {
      chunks.push([item]);
      room = mostCharacters - size;
    }
  }
  return chunks;
};
