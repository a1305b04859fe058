import type { JsonPathQuery } from 'jsonpath-rfc9535/parser';

/** The parser exports the type of a whole query only: these are its parts. */
export type Query = JsonPathQuery;
export type Segment = Query['segments'][number];
type SegmentNode = Segment['node'];
export type Selector =
  | Exclude<SegmentNode, { type: 'BracketedSelection' }>
  | Extract<SegmentNode, { type: 'BracketedSelection' }>['selectors'][number];
export type SliceSelector = Extract<Selector, { type: 'SliceSelector' }>;
export type Logical = Extract<Selector, { type: 'FilterSelector' }>['value'];
export type Comparison = Extract<Logical, { type: 'ComparisonExpr' }>;
export type Comparable = Comparison['left'];
export type Test = Extract<Logical, { type: 'TestExpr' }>['expression'];
export type FilterQuery = Extract<Test, { type: 'FilterQuery' }>;
export type FunctionCall = Extract<Test, { type: 'FunctionExpr' }>;
export type Argument = FunctionCall['arguments'][number];
export type SingularQuery = Exclude<Comparable, { type: 'Literal' } | { type: 'FunctionExpr' }>;

export const selectorsOf = ({ node }: Segment): readonly Selector[] =>
  node.type === 'BracketedSelection' ? node.selectors : [node];

const selectsOne = new Set(['NameSelector', 'MemberNameShorthand', 'IndexSelector']);

/** Whether it can select one value at most, whatever it is applied to. */
export const isSingular = ({ segments }: { readonly segments: readonly Segment[] }): boolean =>
  segments.every((segment) => {
    const [first, ...more] = selectorsOf(segment);
    return segment.type === 'ChildSegment' && more.length === 0 && !!first && selectsOne.has(first.type);
  });

/** The parser leaves out the list of those that there are none of. */
export const argumentsOf = ({ arguments: given }: FunctionCall): readonly Argument[] =>
  (given as readonly Argument[] | null) ?? [];

/** Names and indexes, one after the other. The parser wraps an index once more than it says. */
export const stepsOf = ({ segments }: SingularQuery): readonly (string | number)[] =>
  segments.map(({ node }) => {
    const { selector } = node as { readonly selector?: { readonly value: number } };
    return selector ? selector.value : node.value;
  });
