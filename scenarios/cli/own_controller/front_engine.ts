import type { ClientRequest } from "./exchange.ts";
import type { Verdict } from "./front.ts";
import type { FrontControl, FrontKind, Heal, PlannedFault, When } from "./front_kind.ts";
import { all } from "./kinds/all.ts";

/** What came of a planned fault. */
export interface FrontStrike extends PlannedFault {
  readonly hasBegun: boolean;
}

/** Lets the faults of a plan happen when they are due. */
export interface FrontEngine {
  before(request: ClientRequest): Promise<Verdict>;
  after(request: ClientRequest): Promise<void>;
  /** The user is about to do so many-th of its steps; the first is 1. */
  step(number: number): Promise<void>;
  /** Ends all faults; what has not begun never will. */
  heal(): Promise<void>;
  strikes(): readonly FrontStrike[];
}

interface Active {
  readonly fault: PlannedFault;
  readonly kind: FrontKind;
  readonly heal: Heal;
  timesLeft: number;
  timer?: NodeJS.Timeout;
}

/** The kind of a name; undefined when there is none. */
export function frontKind(name: string): FrontKind | undefined {
  return (all as readonly FrontKind[]).find((each) => each.name === name);
}

/** Makes the engine of a plan; times count from now. */
export function createFrontEngine(plan: readonly PlannedFault[], control: FrontControl): FrontEngine {
  const counts = new Map<string, number>();
  const begun = new Set<PlannedFault>();
  const active = new Set<Active>();
  const timers = plan.flatMap((fault) =>
    "atMs" in fault.when ? [setTimeout(() => void begin(fault), fault.when.atMs)] : [],
  );
  let isOver = false;

  async function begin(fault: PlannedFault) {
    if (begun.has(fault) || isOver) return;
    begun.add(fault);
    const kind = frontKind(fault.fault);
    if (!kind) throw new Error(`Cannot begin the fault "${fault.fault}": there is no such kind`);
    control.note(`fault: ${describeFault(fault)}`);
    const heal = (await kind.begin?.(fault, control)) ?? (() => {});
    const mine: Active = { fault, kind, heal, timesLeft: kind.timesMax ?? Number.POSITIVE_INFINITY };
    active.add(mine);
    mine.timer = setTimeout(() => void end(mine), fault.forMs ?? kind.forMs);
  }

  async function end(mine: Active) {
    clearTimeout(mine.timer);
    if (!active.delete(mine)) return;
    await mine.heal();
    control.note(`over: ${mine.fault.fault}`);
  }

  async function beginAt(fits: (when: When) => boolean) {
    for (const fault of plan) if (fits(fault.when)) await begin(fault);
  }

  return {
    async before(request) {
      const { line } = request;
      const nth = (counts.get(line) ?? 0) + 1;
      counts.set(line, nth);
      await beginAt((when) => "before" in when && when.before === line && when.nth === nth);
      let verdict: Verdict = {};
      for (const mine of [...active]) {
        const { kind, fault } = mine;
        if (mine.timesLeft <= 0 || (fault.resource ?? request.resource) !== request.resource) continue;
        const told = await kind.verdict?.(fault, request, control);
        if (!told) continue;
        mine.timesLeft--;
        verdict = { ...verdict, ...told };
        if (mine.timesLeft === 0) await end(mine);
      }
      return verdict;
    },
    async after({ line }) {
      const nth = counts.get(line) ?? 0;
      await beginAt((when) => "after" in when && when.after === line && when.nth === nth);
    },
    step: (number) => beginAt((when) => "step" in when && when.step === number),
    async heal() {
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
      for (const mine of [...active]) await end(mine);
    },
    strikes: () => plan.map((fault) => ({ ...fault, hasBegun: begun.has(fault) })),
  };
}

/** A fault in words: `crash after create configmaps (1st time)`. */
function describeFault({ fault, when, resource, code, forMs }: PlannedFault): string {
  const about = resource === undefined ? "" : ` of ${resource}`;
  const how = code === undefined ? "" : ` with ${code}`;
  const long = forMs === undefined ? "" : `, for ${forMs} ms`;
  return `${fault}${about}${how} ${describeWhen(when)}${long}`;
}

function describeWhen(when: When): string {
  if ("atMs" in when) return `after ${when.atMs} ms`;
  if ("step" in when) return `before step ${when.step}`;
  const [word, line] = "before" in when ? ["before", when.before] : ["after", when.after];
  return `${word} "${line}" number ${when.nth}`;
}
