import type { Source } from '../fleet-record.js';
import type { Inventory } from './inventory.js';

interface Step {
  readonly name: string;
  readonly children: Iterator<[string, Source]>;
}

/** A walk down the groups, without recursion, so that no chain of them is too long. */
class Walk {
  private readonly done = new Set<string>();
  private readonly open = new Set<string>();
  private readonly path: Step[] = [];

  constructor(private readonly inventory: Inventory) {}

  from(name: string): void {
    this.enter(name);
    for (let step = this.path.at(-1); step; step = this.path.at(-1)) {
      const next = step.children.next();
      if (next.done === true) this.leave(step.name);
      else if (this.open.has(next.value[0])) this.cut(step.name, next.value);
      else this.enter(next.value[0]);
    }
  }

  private enter(name: string): void {
    if (this.done.has(name)) return;
    this.open.add(name);
    this.path.push({ name, children: [...this.inventory.group(name).children].values() });
  }

  private leave(name: string): void {
    this.path.pop();
    this.open.delete(name);
    this.done.add(name);
  }

  private cut(name: string, [child, source]: [string, Source]): void {
    this.inventory.group(name).children.delete(child);
    this.inventory.problem('the child makes a circle of groups', source);
  }
}

/** Takes out every child that would close a circle, and makes a problem of it. */
export const breakCircles = (inventory: Inventory): void => {
  const walk = new Walk(inventory);
  for (const name of inventory.groups.keys()) walk.from(name);
};
