import fc from "fast-check";
import type { Fault } from "../../../runtime/faults/fault.ts";
import type { Address } from "../../../runtime/mod.ts";

/** Where and when a scene may be. */
export interface SceneOptions {
  readonly members: readonly Address[];
  readonly electionMs: number;
  readonly untilMs: number;
}

/**
 * Faults that belong together, each where Raft could be wrong: what faults that know nothing of each other hit once in
 * ten thousand runs.
 */
export function storeScenes(options: SceneOptions): fc.Arbitrary<readonly Fault[]> {
  return fc.oneof(lateVoice(options), cutOffs(options), succession(options), disorder(options), sleepers(options));
}

/** One whose words come late ends, or is cut off, while they are under way: others have gone on when they arrive. */
function lateVoice({ members, electionMs, untilMs }: SceneOptions): fc.Arbitrary<readonly Fault[]> {
  return fc
    .record({
      who: fc.constantFrom(...members),
      atMs: fc.nat(untilMs),
      delayMsMax: fc.constantFrom(20, 100, electionMs, 3 * electionMs),
      afterMs: fc.integer({ min: 5, max: electionMs }),
      awayMs: fc.integer({ min: electionMs, max: 3 * electionMs }),
      end: fc.constantFrom("crash" as const, "partition" as const, "pause" as const),
    })
    .map(({ who, atMs, delayMsMax, afterMs, awayMs, end }) => {
      const link = { from: [who], to: [...members], oneWay: true };
      const late: Fault = { kind: "delay", parameters: { ...link, delayMsMax }, trigger: { atMs }, forMs: afterMs + 1 };
      const trigger = { atMs: atMs + afterMs };
      const away: Fault =
        end === "partition"
          ? { kind: end, parameters: { ...link, oneWay: false }, trigger, forMs: awayMs }
          : { kind: end, parameters: { actor: who }, trigger, forMs: awayMs };
      return [late, away];
    });
}

/** One after the other is alone for longer than an election takes, also with those who only ask it. */
function cutOffs({ members, electionMs, untilMs }: SceneOptions): fc.Arbitrary<readonly Fault[]> {
  const cut = fc.record({
    who: fc.constantFrom(...members),
    oneWay: fc.constantFrom(false, false, true),
    forMs: fc.integer({ min: electionMs, max: 3 * electionMs }),
    gapMs: fc.integer({ min: 0, max: electionMs }),
  });
  return fc.tuple(fc.nat(untilMs), fc.array(cut, { minLength: 2, maxLength: 4 })).map(([fromMs, cuts]) => {
    let atMs = Math.floor(fromMs / 2);
    return cuts.map(({ who, oneWay, forMs, gapMs }): Fault => {
      const trigger = { atMs };
      atMs += forMs + gapMs - Math.floor(electionMs / 2);
      const others = members.filter((each) => each !== who);
      const ends = others.length > 0 ? others : [...members];
      return { kind: "partition", parameters: { from: [who], to: ends, oneWay }, trigger, forMs };
    });
  });
}

/**
 * What one hears is ever older, and then it is not heard: it still has answers to what it asked long ago when others
 * have gone on without it. Takes up to eight election timeouts.
 */
export function echoes({
  members,
  electionMs,
}: Pick<SceneOptions, "members" | "electionMs">): fc.Arbitrary<readonly Fault[]> {
  const lateness = fc.integer({ min: Math.floor(0.6 * electionMs), max: Math.floor(0.95 * electionMs) });
  return fc
    .record({
      // The first is most often the first to lead.
      who: fc.constantFrom(...members.slice(0, 1), ...members.slice(0, 1), ...members),
      atMs: fc.integer({ min: 20, max: electionMs }),
      first: lateness,
      second: lateness,
      gapMs: fc.integer({ min: electionMs, max: Math.floor(1.3 * electionMs) }),
      cutMs: fc.integer({ min: 1, max: electionMs >> 1 }),
      forMs: fc.integer({ min: 2 * electionMs, max: 4 * electionMs }),
    })
    .map(({ who, atMs, first, second, gapMs, cutMs, forMs }): readonly Fault[] => {
      const others = members.filter((each) => each !== who);
      const heard = { from: others, to: [who], oneWay: true };
      const [secondMs, thirdMs] = [atMs + gapMs, atMs + 2 * gapMs + cutMs];
      const late = (delayMsMax: number, fromMs: number): Fault => {
        const parameters = { ...heard, delayMsMax };
        return { kind: "delay", parameters, trigger: { atMs: fromMs }, forMs: thirdMs + forMs - fromMs };
      };
      const parameters = { from: [who], to: others, oneWay: true };
      return [
        late(first, atMs),
        late(second, secondMs),
        { kind: "partition", parameters, trigger: { atMs: thirdMs }, forMs },
      ];
    });
}

/** Replica after replica ends and is back soon. */
function succession({ members, electionMs, untilMs }: SceneOptions): fc.Arbitrary<readonly Fault[]> {
  const end = fc.tuple(
    fc.constantFrom(...members),
    fc.integer({ min: 1, max: electionMs }),
    fc.integer({ min: 1, max: Math.floor(electionMs / 2) }),
  );
  return fc.tuple(fc.nat(untilMs), fc.array(end, { minLength: 3, maxLength: 6 })).map(([fromMs, ends]) => {
    let atMs = Math.floor(fromMs / 2);
    return ends.map(([actor, gapMs, forMs]): Fault => {
      atMs += gapMs;
      return { kind: "crash", parameters: { actor }, trigger: { atMs }, forMs };
    });
  });
}

/** Words are doubled, overtake each other and get lost, and somebody ends. */
function disorder({ members, untilMs }: SceneOptions): fc.Arbitrary<readonly Fault[]> {
  const link = { from: [...members], to: [...members], oneWay: true };
  return fc
    .record({
      probability: fc.constantFrom(0.2, 0.5),
      loss: fc.constantFrom(0, 0.05, 0.2),
      delayMsMax: fc.constantFrom(5, 40, 200),
      who: fc.constantFrom(...members),
      atMs: fc.nat(untilMs),
      forMs: fc.integer({ min: 1, max: 300 }),
      asked: fc.boolean(),
    })
    .map(({ probability, loss, delayMsMax, who, atMs, forMs, asked }): readonly Fault[] => {
      const whole = { trigger: { atMs: 0 }, forMs: untilMs };
      const clients = [1, 2, 3, 4].map((each) => `client${each}`);
      const questions = { from: clients, to: [...members], oneWay: true, probability };
      return [
        ...(asked ? [{ kind: "duplication" as const, parameters: questions, ...whole }] : []),
        { kind: "duplication", parameters: { ...link, probability }, ...whole },
        { kind: "reordering", parameters: { ...link, delayMsMax }, ...whole },
        ...(loss > 0 ? [{ kind: "loss" as const, parameters: { ...link, probability: loss }, ...whole }] : []),
        { kind: "crash", parameters: { actor: who }, trigger: { atMs }, forMs },
      ];
    });
}

/** One after the other stands still, and goes on as if no time had passed. */
function sleepers({ members, electionMs, untilMs }: SceneOptions): fc.Arbitrary<readonly Fault[]> {
  const sleep = fc
    .record({
      actor: fc.constantFrom(...members),
      atMs: fc.nat(untilMs),
      forMs: fc.integer({ min: electionMs, max: 4 * electionMs }),
    })
    .map(({ actor, atMs, forMs }): Fault => ({ kind: "pause", parameters: { actor }, trigger: { atMs }, forMs }));
  return fc.array(sleep, { minLength: 2, maxLength: 4 });
}
