import fc from 'fast-check';
import { at, identity, starting, step as stepNamed, undo } from '#test/support/runs.js';
import { next, run, type Run, type RunCommand, underWay } from './run.decider.js';
import type { RunEvent, Work } from './run.events.js';
import type { StepDefinition } from './workflow.events.js';

/** What happens next: which of the things that may, and how it ends. */
interface Turn {
  readonly pick: number;
  readonly act: 'begin' | 'succeed' | 'fail' | 'final' | 'lost' | 'repeat' | 'cancel' | 'expire';
}

const steps = fc
  .array(
    fc.record({
      each: fc.boolean(),
      parallel: fc.integer({ min: 1, max: 3 }),
      attempts: fc.integer({ min: 1, max: 3 }),
      hasOtherwise: fc.boolean(),
      hasCompensation: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((shapes) =>
    shapes.map(({ each, parallel, attempts, hasOtherwise, hasCompensation }, index): StepDefinition =>
      stepNamed(`s${index}`, {
        attempts,
        backoffSeconds: 0,
        ...(each ? { each: { $: '/input/hosts' }, parallel } : {}),
        ...(hasOtherwise ? { otherwise: undo } : {}),
        ...(hasCompensation ? { compensation: undo } : {}),
      }),
    ),
  );

type Finish = 'well' | 'badly' | 'slowly';
const finish = fc.constantFrom<Finish>('well', 'badly', 'slowly');

const turns = fc.array(
  fc.record({
    pick: fc.nat(20),
    act: fc.constantFrom<Turn['act']>(
      'begin',
      'begin',
      'begin',
      'succeed',
      'succeed',
      'fail',
      'final',
      'lost',
      'repeat',
      'cancel',
      'expire',
    ),
  }),
  { maxLength: 60 },
);

/** One run of commands, of which those that are refused change nothing. */
class Play {
  state: Run = run.initialState();
  readonly events: RunEvent[] = [];
  private readonly sent: RunCommand[] = [];
  private seconds = 0;

  send(command: RunCommand): readonly RunEvent[] {
    this.sent.push(command);
    try {
      const events = run.decide(command, this.state);
      this.state = events.reduce(run.evolve, this.state);
      this.events.push(...events);
      return events;
    } catch {
      return [];
    }
  }

  take({ act, pick }: Turn): void {
    const now = at((this.seconds += 10));
    const begun = underWay(this.state)[pick % Math.max(1, underWay(this.state).length)];
    if (act === 'begin') this.begin(pick, now);
    else if (act === 'cancel') this.send({ type: 'CancelRun', at: now, reason: 'no' });
    else if (act === 'expire') this.send({ type: 'ExpireRun', at: now });
    else if (act === 'repeat') this.send(this.sent[pick % this.sent.length]!);
    else if (begun) this.outcome(begun, act, now);
  }

  begin(pick: number, now: string): void {
    const due = next(this.state);
    const action = due[pick % Math.max(1, due.length)];
    if (action) this.send({ type: 'StartStep', work: action.work, engine: 'e', at: now, ...identity });
  }

  outcome(
    { step, item, phase, attempt }: Work,
    act: 'succeed' | 'fail' | 'final' | 'lost',
    now: string,
  ): void {
    const work = { step, item, phase, attempt };
    if (act === 'succeed') this.send({ type: 'RecordSuccess', work, at: now, output: null });
    else
      this.send({
        type: 'RecordFailure',
        work,
        at: now,
        reason: 'no luck',
        kind: act === 'fail' ? 'failed' : act,
      });
  }

  /** As it goes on from there: all well, all badly, or too slowly. */
  finish(how: Finish): void {
    if (how === 'slowly') this.seconds += 1000;
    for (let turn = 0; turn < 500 && isGoing(this.state); turn += 1) {
      this.take({ act: 'expire', pick: 0 });
      this.take({ act: 'begin', pick: turn });
      this.take({ act: how === 'badly' ? 'final' : 'succeed', pick: turn });
    }
  }
}

const isGoing = ({ status }: Run) => status === 'running' || status === 'turning-back';

const workOf = ({ step, item, phase, attempt }: Work) => `${step}/${item}/${phase}/${attempt}`;
const begunIn = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'StepStarted' ? [event.data] : []));

/** Items whose work began, as `step/item`, in order; of steps and fallbacks, or of undoing. */
const itemsIn = (events: readonly RunEvent[], isUndoing: boolean) =>
  begunIn(events)
    .filter(({ phase }) => (phase === 'compensation') === isUndoing)
    .map(({ step, item }) => `${step}/${item}`);

describe('a run, whatever happens to it in whatever order', () => {
  const played = (definition: readonly StepDefinition[], story: readonly Turn[], how: Finish) => {
    const play = new Play();
    play.send(starting(...definition));
    for (const turn of story) {
      play.take(turn);
      for (const { name, parallel = 1 } of definition) {
        const atOnce = underWay(play.state).filter(({ step }) => step === name).length;
        expect(atOnce).toBeLessThanOrEqual(parallel);
      }
    }
    play.finish(how);
    return play;
  };

  it('comes to an end, once, and no attempt begins or ends twice', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, turns, finish, (definition, story, how) => {
        const { events, state } = played(definition, story, how);
        expect(isGoing(state)).toBe(false);
        seen.add(state.status);
        const endings = ['RunSucceeded', 'RunFailed', 'RunCancelled', 'RunExpired', 'RunHeld'];
        expect(events.findIndex(({ type }) => endings.includes(type))).toBe(events.length - 1);
        const begun = begunIn(events).map(workOf);
        const ended = events.flatMap((event) =>
          event.type === 'StepSucceeded' || event.type === 'StepFailed' ? [workOf(event.data)] : [],
        );
        expect(new Set(begun).size).toBe(begun.length);
        expect(ended.toSorted()).toEqual(begun.toSorted());
        expect(events.reduce(run.evolve, run.initialState())).toEqual(state);
      }),
      { seed: 1, numRuns: 500 },
    );
    expect([...seen].toSorted()).toEqual(['cancelled', 'expired', 'failed', 'held', 'succeeded']);
  });

  it('has undone all that it began, last first, unless it succeeded or is held', () => {
    fc.assert(
      fc.property(steps, turns, finish, (definition, story, how) => {
        const { events, state } = played(definition, story, how);
        const undoable = (name: string) =>
          definition.some((step) => `${step.name}/` === name && step.compensation);
        const begun = new Set(itemsIn(events, false).filter((item) => undoable(item.replace(/[^/]*$/, ''))));
        const undone = new Set(itemsIn(events, true));
        const toBeUndone = { succeeded: [], held: [...undone] }[String(state.status)] ?? [...begun];
        expect([...undone].toSorted()).toEqual(toBeUndone.toSorted());
        expect([...begun]).toEqual(expect.arrayContaining([...undone]));
        const order = [...undone].map((item) => Number(item.slice(1, item.indexOf('/'))));
        expect(order).toEqual(order.toSorted((a, b) => b - a));
        const turn = events.findIndex(({ type }) => type === 'RunTurnedBack');
        expect(turn < 0 ? [] : itemsIn(events.slice(turn), false)).toEqual([]);
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});
