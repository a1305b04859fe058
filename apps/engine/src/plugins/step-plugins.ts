import { violationsBy } from '#libs/workflows/src/input.schema.js';
import type { JsonObject } from '#libs/kernel/src/json.js';
import { type StepPlugin, StepRefused } from '#libs/workflows/src/step-plugin.port.js';

/** The plugins that this engine has. */
export class StepPlugins {
  private readonly byName: ReadonlyMap<string, StepPlugin>;

  constructor(plugins: readonly StepPlugin[]) {
    this.byName = new Map(plugins.map((plugin) => [plugin.name, plugin]));
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  /** The plugin, once the input is seen to fit it; otherwise `StepRefused`. */
  fitting(name: string, input: JsonObject): StepPlugin {
    const plugin = this.byName.get(name);
    if (!plugin) throw new StepRefused(`there is no plugin ${name}`);
    const violations = violationsBy(plugin.inputSchema, input);
    if (violations.length > 0) {
      const told = violations.map(({ member, message }) => `${member} ${message}`).join('; ');
      throw new StepRefused(`the input does not fit ${name}: ${told}`);
    }
    return plugin;
  }
}
