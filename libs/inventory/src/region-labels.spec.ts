import { given } from '#test/support/given.js';
import { register, registered, retired } from '#test/support/region.js';
import { region } from './region.decider.js';
import type { RegionEvent } from './region.events.js';

const d1 = registered('d1');
const added = (...labels: string[]): RegionEvent => ({
  type: 'LabelsAdded',
  data: { deviceId: 'd1', labels },
});
const removed = (...labels: string[]): RegionEvent => ({
  type: 'LabelsRemoved',
  data: { deviceId: 'd1', labels },
});
const command = (type: 'AddLabels' | 'RemoveLabels' | 'ReplaceLabels', ...labels: string[]) =>
  ({ type, deviceId: 'd1', labels }) as const;

describe('the labels of a device', () => {
  it('are a set: what is there is not added again, what is not there is not removed', () => {
    given(region, d1)
      .when(command('AddLabels', 'a', 'b', 'a'))
      .yields(added('a', 'b'));
    given(region, d1, added('a'))
      .when(command('AddLabels', 'a', 'b'))
      .yields(added('b'));
    given(region, d1, added('a', 'b')).when(command('AddLabels', 'b')).yieldsNothing();
    given(region, d1, added('a', 'b'))
      .when(command('RemoveLabels', 'b', 'z', 'b'))
      .yields(removed('b'));
    given(region, d1, added('a', 'b'), removed('b')).when(command('RemoveLabels', 'b')).yieldsNothing();
  });

  it('are replaced as a whole', () => {
    given(region, d1, added('a', 'b'))
      .when(command('ReplaceLabels', 'b', 'c'))
      .yields(removed('a'), added('c'));
    given(region, d1, added('a', 'b')).when(command('ReplaceLabels')).yields(removed('a', 'b'));
    given(region, d1, added('a', 'b'))
      .when(command('ReplaceLabels', 'b', 'a'))
      .yieldsNothing();
  });

  it('come with the device when it is registered with some', () => {
    given(region)
      .when(register('d1', { labels: ['a', 'b', 'a'] }))
      .yields(registered('d1', { labels: ['a', 'b'] }));
    given(region, registered('d1', { labels: ['a', 'b'] }))
      .when(command('ReplaceLabels', 'b', 'c'))
      .yields(removed('a'), added('c'));
    given(region)
      .when(register('d1', { labels: [] }))
      .yields(d1);
  });

  it('are a hundred at most', () => {
    const many = Array.from({ length: 100 }, (_, index) => `label ${index}`);
    given(region, d1)
      .when(command('AddLabels', ...many))
      .yields(added(...many));
    given(region, d1, added(...many))
      .when(command('AddLabels', 'one more'))
      .refuses('illegal-state', /100 labels/);
    given(region, d1, added(...many))
      .when(command('AddLabels', 'label 7'))
      .yieldsNothing();
    given(region, d1, added(...many))
      .when(command('ReplaceLabels', 'one more'))
      .yields(removed(...many), added('one more'));
    given(region)
      .when(register('d1', { labels: [...many, 'one more'] }))
      .refuses('illegal-state', /100 labels/);
  });

  it('belong to a device in service', () => {
    given(region).when(command('AddLabels', 'a')).refuses('not-found');
    given(region, d1, retired)
      .when(command('AddLabels', 'a'))
      .refuses('illegal-state', /retired/);
  });
});
