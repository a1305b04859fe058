import type { SliceSelector } from './ast.js';

const bounded = (index: number, least: number, most: number): number =>
  Math.min(Math.max(index, least), most);

/** The part of a list that RFC 9535, section 2.3.4, says. */
export const sliced = <T>(list: readonly T[], { start, end, step }: SliceSelector): readonly T[] => {
  const stride = step ?? 1;
  if (stride === 0) return [];
  const forward = stride > 0;
  const { length } = list;
  const placed = (index: number) => (index >= 0 ? index : length + index);
  const from = placed(start ?? (forward ? 0 : length - 1));
  const to = end === null ? (forward ? length : -1) : placed(end);
  const found: T[] = [];
  if (forward)
    for (let at = bounded(from, 0, length); at < bounded(to, 0, length); at += stride)
      found.push(list[at] as T);
  else
    for (let at = bounded(from, -1, length - 1); at > bounded(to, -1, length - 1); at += stride)
      found.push(list[at] as T);
  return found;
};
