import { DomainError } from '#libs/kernel/src/errors.js';
import { closing, removal } from './region-removal.policy.js';
import type { Cell, Region } from './region-state.policy.js';
import type { RegionEvent } from './region.events.js';

export type CellCommand =
  | { type: 'RegisterCell'; cellId: string; cloudId: string; name: string; note: string | null }
  | { type: 'ChangeCell'; cellId: string; name?: string; note?: string | null }
  | { type: 'RemoveCell'; cellId: string; cascade?: boolean }
  | { type: 'CloseRegion'; cascade?: boolean };

export const demandOpen = (state: Region): void => {
  if (state.closed) throw new DomainError('illegal-state', 'the region is being removed');
};

const cellOf = (state: Region, cellId: string): Cell => {
  const cell = state.cells.get(cellId);
  if (!cell) throw new DomainError('not-found', `there is no cell ${cellId} in the region`);
  return cell;
};

/** A cell that something refers to. */
export const demandCell = (state: Region, cellId: string | null | undefined): void => {
  if (cellId) cellOf(state, cellId);
};

const demandFreeName = (state: Region, name: string): void => {
  if (state.cellNames.has(name))
    throw new DomainError('already-exists', `a cell named ${name} already exists`);
};

const register = (
  { cellId, cloudId, name, note }: Extract<CellCommand, { type: 'RegisterCell' }>,
  state: Region,
): readonly RegionEvent[] => {
  demandOpen(state);
  demandFreeName(state, name);
  return [{ type: 'CellRegistered', data: { cellId, cloudId, name, note } }];
};

const change = (
  { cellId, name, note }: Extract<CellCommand, { type: 'ChangeCell' }>,
  state: Region,
): readonly RegionEvent[] => {
  const cell = cellOf(state, cellId);
  const events: RegionEvent[] = [];
  if (name !== undefined && name !== cell.name) {
    demandFreeName(state, name);
    events.push({ type: 'CellRenamed', data: { cellId, name } });
  }
  if (note !== undefined && note !== cell.note)
    events.push({ type: 'CellNoteChanged', data: { cellId, note } });
  return events;
};

const remove = (
  { cellId, cascade }: Extract<CellCommand, { type: 'RemoveCell' }>,
  state: Region,
): readonly RegionEvent[] => {
  cellOf(state, cellId);
  return removal(state, cellId, cascade);
};

export const decideCell = (command: CellCommand, state: Region): readonly RegionEvent[] => {
  switch (command.type) {
    case 'RegisterCell':
      return register(command, state);
    case 'ChangeCell':
      return change(command, state);
    case 'RemoveCell':
      return remove(command, state);
    case 'CloseRegion':
      return closing(state, command.cascade);
  }
};
