import type { Random } from "../../../runtime/mod.ts";
import type { Admin } from "./admin.ts";
import type { ClientRequest, Exchange, OwnedObject } from "./exchange.ts";
import type { Verdict } from "./front.ts";
import type { OwnProcess } from "./own_process.ts";
import type { WatchGate } from "./watch_gate.ts";

/** When a fault begins: at a write or read of the client, at a step of the user, or at a time since the client began. */
export type When =
  | { readonly before: string; readonly nth: number }
  /** The cluster has carried it out, the client does not know yet. */
  | { readonly after: string; readonly nth: number }
  | { readonly step: number }
  | { readonly atMs: number };

/** A fault as data. */
export interface PlannedFault {
  /** The name of its kind. */
  readonly fault: string;
  readonly when: When;
  /** How long it lasts. Default: as its kind says. */
  readonly forMs?: number;
  /** Which resource it is about, with its group: `deployments.apps`. Default: all that it can be about. */
  readonly resource?: string;
  /** The HTTP status of a refusal. */
  readonly code?: number;
}

/** What was learned of a client in a quiet run. */
export interface Learned {
  /** All its exchanges, in their order. */
  readonly exchanges: readonly Exchange[];
  /** How many steps its user does. */
  readonly steps: number;
  /** Whether it is a process of ours, which can be killed. */
  readonly hasProcess: boolean;
  /** Custom resources and webhooks that the client works with. */
  readonly customResources: readonly string[];
  readonly hasWebhooks: boolean;
}

/** What a fault can do. */
export interface FrontControl {
  readonly admin: Admin;
  readonly gate: WatchGate;
  /** The client's process, when it is ours. */
  readonly process: OwnProcess | undefined;
  closeAll(): void;
  /** What the client has made, the newest last. */
  owned(resource?: string): readonly OwnedObject[];
  /** The version of the cluster right before the client's newest write. */
  versionBefore(): string | undefined;
  /** Whether the client's rights hold. */
  grant(isGranted: boolean): Promise<void>;
  note(text: string): void;
}

/** Ends what a fault has begun. */
export type Heal = () => void | Promise<void>;

/** A kind of fault that the front knows, a file each in `kinds/`. */
export interface FrontKind {
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** How long one lasts when nothing is said, in milliseconds. */
  readonly forMs: number;
  /** How many requests it befalls before it is over by itself. Default: any number. */
  readonly timesMax?: number;
  /** Where one makes sense, of what was learned; undefined where none does. */
  aim(learned: Learned, random: Random): Omit<PlannedFault, "fault"> | undefined;
  begin?(fault: PlannedFault, control: FrontControl): Heal | undefined | Promise<Heal | undefined>;
  /** What becomes of a request while it lasts; undefined: nothing. */
  verdict?(
    fault: PlannedFault,
    request: ClientRequest,
    control: FrontControl,
  ): Verdict | undefined | Promise<Verdict | undefined>;
}

/** A moment between two writes of the client: right before one arrives, or after it was done and before it knows. */
export function gap({ exchanges }: Learned, random: Random): When | undefined {
  return moment(
    exchanges.filter(({ isWrite, code }) => isWrite && code < 400),
    { exchanges, random },
  );
}

/** A moment at one of these exchanges. */
export function moment(
  of: readonly Exchange[],
  { exchanges, random }: { readonly exchanges: readonly Exchange[]; readonly random: Random },
): When | undefined {
  const chosen = oneOf(of, random);
  if (!chosen) return undefined;
  const nth = exchanges.slice(0, exchanges.indexOf(chosen) + 1).filter(({ line }) => line === chosen.line).length;
  return random.int(2) === 0 ? { before: chosen.line, nth } : { after: chosen.line, nth };
}

/** A moment when something happens to what the client looks at: a step of its user, else a gap. */
export function turn(learned: Learned, random: Random): When | undefined {
  const isStep = learned.steps > 1 && random.int(2) === 0;
  return isStep ? { step: 2 + random.int(learned.steps - 1) } : gap(learned, random);
}

/** One of these. */
export function oneOf<T>(of: readonly T[], random: Random): T | undefined {
  return of[random.int(of.length)];
}

/** The resources that the client makes objects of. */
export function madeBy({ exchanges }: Learned): readonly string[] {
  const made = exchanges.filter(({ verb, isWrite, code }) => isWrite && verb === "create" && code < 400);
  return [...new Set(made.map(({ resource }) => resource))];
}
