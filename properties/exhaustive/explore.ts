/** A small world whose every future is tried. */
export interface SmallWorld<State> {
  initial(): State;
  /** Names of all that may happen next. */
  enabled(state: State): readonly string[];
  /** What there is after it; the state before stays as it is. */
  after(state: State, name: string): State;
  /** Equal for states with equal futures. */
  keyOf(state: State): string;
  /** Whether two that may both happen lead to the same, whichever comes first. */
  isIndependent(one: string, other: string): boolean;
  /** What is wrong; undefined when all is well. */
  judge(state: State): string | undefined;
}

/** How much was tried. */
export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** What was left out, as another order of independent things leads to the same. */
  readonly spared: number;
  readonly depthMax: number;
  /** Whether all futures were tried; false where `statesMax` ended it. */
  readonly isComplete: boolean;
  /** The first that is wrong, and all that happened before. */
  readonly found: { readonly details: string; readonly path: readonly string[] } | undefined;
}

interface Frame<State> {
  readonly state: State;
  /** What need not be tried from here: it was, before something that does not touch it. */
  readonly asleep: Set<string>;
  readonly left: string[];
  readonly path: readonly string[];
}

/**
 * Tries all orders in which things may happen, depth first: states that were met are not tried again, and of orders that
 * differ in independent things only one is (sleep sets, as in Godefroid's thesis). `statesMax` bounds it.
 */
export function explore<State>(world: SmallWorld<State>, { statesMax = 100_000 } = {}): Exploration {
  const slept = new Map<string, ReadonlySet<string>>();
  const frames: Frame<State>[] = [];
  let [transitions, spared, depthMax] = [0, 0, 0];

  function enter(state: State, asleep: Set<string>, path: readonly string[]) {
    const key = world.keyOf(state);
    const before = slept.get(key);
    const enabled = world.enabled(state);
    // Met again with less asleep than before: what slept then and is awake now was never tried from here.
    const left = enabled.filter((each) => !asleep.has(each) && (before === undefined || before.has(each)));
    spared += enabled.length - left.length;
    slept.set(key, before ? new Set([...before].filter((each) => asleep.has(each))) : new Set(asleep));
    depthMax = Math.max(depthMax, path.length);
    if (left.length > 0) frames.push({ state, asleep: new Set(asleep), left, path });
  }

  const told = (isComplete: boolean, found: Exploration["found"]): Exploration => ({
    ...{ states: slept.size, transitions, spared, depthMax, isComplete, found },
  });
  enter(world.initial(), new Set(), []);
  for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
    const name = frame.left.pop();
    if (name === undefined) {
      frames.pop();
      continue;
    }
    const state = world.after(frame.state, name);
    transitions++;
    const path = [...frame.path, name];
    const details = world.judge(state);
    if (details !== undefined) return told(false, { details, path });
    if (slept.size >= statesMax) return told(false, undefined);
    const asleep = new Set([...frame.asleep].filter((each) => world.isIndependent(each, name)));
    frame.asleep.add(name);
    enter(state, asleep, path);
  }
  return told(true, undefined);
}
