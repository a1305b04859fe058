import { isProblem, type ByteStream, type Limits, type Read, type RowProblem } from './fleet-record.js';
import { readRow, type ShapeOptions } from './row-shape.js';
import { textOf } from './text-lines.js';
import { readYamlItems, type YamlItem } from './yaml-text.js';

/** A sequence of rows, in one document or several. Read whole, since an anchor may be anywhere. */
export async function* readYamlRows(
  stream: ByteStream,
  limits: Limits,
  options: ShapeOptions,
): AsyncGenerator<Read> {
  const text = await textOf(stream, limits, limits.yamlBytes);
  if (typeof text !== 'string') return void (yield text);
  const items: readonly YamlItem[] | RowProblem = readYamlItems(text, { limits });
  if (isProblem(items)) return void (yield items);
  for (const [index, { value, source }] of items.entries())
    yield readRow(value, { ...source, row: index + 1 }, options);
}
