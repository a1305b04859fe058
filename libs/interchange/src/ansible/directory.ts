import type { ArchiveFile } from '../archive/archive-files.js';
import { BadArchive } from '../archive/bad-archive.js';
import type { RowProblem, SourceFile } from '../fleet-record.js';

/** The files of an inventory, relative to the folder that it is in, and what of them cannot be had. */
export interface Directory {
  readonly files: readonly SourceFile[];
  readonly problems: readonly RowProblem[];
}

const hidden = /(?:^|\/)\.(?!\.?(?:\/|$))/;
/** What Ansible passes over in a folder of inventories, at any depth. */
const reserved = /(?:^|\/)(?:group_vars|host_vars|vars_plugins)(?=\/|$)/;
const noInventory = /(?:\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|retry)|~)(?=\/|$)/;
/** These too, unless one of them is named, or alone. */
const settings = /\.(?:ini|cfg)(?=\/|$)/;
const variables = /^(?:group_vars|host_vars)\//;

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const within = (folder: string, path: string): boolean => folder === '' || path.startsWith(`${folder}/`);
const isInventory = (path: string): boolean => !reserved.test(path) && !settings.test(path);

/** Whether it is the inventory that is named, in it, or a file of variables beside it. */
const belongs = (inventory: string, path: string): boolean => {
  const folder = folderOf(inventory);
  const isBeside =
    within(folder, path) && variables.test(`${folder === '' ? path : path.slice(folder.length + 1)}/`);
  return path === inventory || within(inventory, path) || isBeside;
};

/** What of an archive may matter, before it is known which folder the inventory is in. */
export const mayMatter =
  (inventory: string | undefined) =>
  (path: string): boolean =>
    path === inventory ||
    ((inventory === undefined || belongs(inventory, path)) &&
      !hidden.test(path) &&
      (reserved.test(path) || !noInventory.test(path)));

/** The folder that all of them are in, or the root. */
const sharedFolder = (files: readonly ArchiveFile[]): string => {
  const [first, ...others] = files.map(({ path }) => {
    const variablesAt = path.search(reserved);
    return variablesAt < 0 ? folderOf(path) : path.slice(0, variablesAt);
  });
  let shared = first ?? '';
  for (const folder of others) while (!within(shared, `${folder}/`)) shared = folderOf(shared);
  return shared;
};

interface Chosen {
  /** What files of variables lie beside. */
  readonly folder: string;
  /** One file that is all of the inventory. */
  readonly file?: string;
}

const onlyOf = (files: readonly ArchiveFile[]): Chosen => {
  const alone = files.filter(({ path }) => settings.test(path) && !reserved.test(path));
  const [only, another] = alone;
  if (!only) throw new BadArchive('the archive holds no inventory');
  if (another)
    throw new BadArchive(
      `inventory= has to say which file is the inventory: ${only.path}, ${another.path}, ...`,
    );
  return { folder: folderOf(only.path), file: only.path };
};

const chosen = (files: readonly ArchiveFile[], inventory: string | undefined): Chosen => {
  if (inventory !== undefined) {
    if (files.some(({ path }) => path === inventory)) return { folder: folderOf(inventory), file: inventory };
    if (files.some(({ path }) => within(inventory, path))) return { folder: inventory };
    throw new BadArchive('the archive has no file or folder of the name that inventory= says');
  }
  const folder = sharedFolder(files);
  return files.some(({ path }) => isInventory(path.slice(folder.length))) ? { folder } : onlyOf(files);
};

const misplaced = (path: string): RowProblem => ({
  problem:
    'files of variables are read only beside the inventory: inventory= says which file or folder that is',
  source: { file: path },
});

/** Each folder of variables once that Ansible would not look into. */
const misplacedIn = (paths: readonly string[]): RowProblem[] => {
  const folders = paths.flatMap((path) => /^.+?\/(?:group_vars|host_vars)(?=\/)/.exec(path)?.[0] ?? []);
  return [...new Set(folders.filter((folder) => !variables.test(`${folder}/`)))].map(misplaced);
};

/**
 * What Ansible would read of these files where `-i` names the folder or file `inventory`; by default the folder that all of them
 * are in. Throws `BadArchive` where that is none.
 */
export const directoryOf = (all: readonly ArchiveFile[], inventory: string | undefined): Directory => {
  const { folder, file } = chosen(all, inventory);
  const inside = all
    .filter(({ path }) => within(folder, path))
    .map((one) => ({
      ...one,
      path: folder === '' ? one.path : one.path.slice(folder.length + 1),
      from: one.path,
    }));
  const counts = ({ path, from }: (typeof inside)[number]): boolean =>
    variables.test(path) || (file === undefined ? isInventory(path) : from === file);
  const files: SourceFile[] = [];
  const problems: RowProblem[] = file === undefined ? misplacedIn(inside.map(({ path }) => path)) : [];
  for (const one of inside) {
    const { path, bytes, problem, from } = one;
    if (problem !== undefined && (file === undefined || counts(one) || reserved.test(path)))
      problems.push({ problem, source: { file: from } });
    else if (bytes && counts(one)) files.push({ path, bytes, name: from });
  }
  return { files, problems };
};
