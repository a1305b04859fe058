import { worksOnCloud } from './cloud-steps.policy.js';
import type { Action } from './workflow.events.js';

const action = (plugin: Action['plugin']): Action => ({
  plugin,
  input: {},
  deadlineSeconds: 1,
  attempts: 1,
  backoffSeconds: 0,
});
const step = { name: 'a', ...action('pause') };

describe('a workflow that works on the cloud', () => {
  it.each([
    [{ ...step, plugin: 'host.disable' }],
    [{ ...step, otherwise: action('instance.move') }],
    [{ ...step, compensation: action('host.enable') }],
  ])('has a step of hosts or instances, wherever it stands', (one) => {
    expect(worksOnCloud([step, one])).toBe(true);
  });

  it('is not one of other steps, or of one that the input will name', () => {
    const others = ['pause', 'http.request', 'hosting', { $: '/input/plugin' }].map((plugin) => ({
      ...step,
      ...action(plugin),
    }));
    expect(worksOnCloud(others)).toBe(false);
  });
});
