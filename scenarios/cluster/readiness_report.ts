import type { ActorReport, Host } from "../../runtime/hosts/host.ts";
import type { Address } from "../../runtime/mod.ts";

/** A component that has not come up, and what is known of that from outside it. */
export interface Missing {
  readonly who: Address;
  /** "it answers 429: storage is (re)initializing". */
  readonly why: string;
}

const toldMax = 5;
const deadLettersMax = 3;

/** What keeps a cluster from coming up, as the end of a sentence: each component's state, and how its last life ended. */
export async function whatHangs(
  host: Pick<Host, "inspect" | "deadLetters">,
  missing: readonly Missing[],
): Promise<string> {
  const told = await Promise.all(
    missing.slice(0, toldMax).map(async ({ who, why }) => `${who}: ${why}; ${stateText(await host.inspect(who))}`),
  );
  if (missing.length > toldMax) told.push(`${missing.length - toldMax} more`);
  const { last } = await host.deadLetters();
  const lost = last.slice(-deadLettersMax).map(({ from, to, type }) => `${type} from ${from} to ${to}`);
  if (lost.length > 0) told.push(`messages that reached nobody: ${lost.join(", ")}`);
  return told.map((line) => `\n  ${line}`).join("");
}

function stateText(report: ActorReport | undefined): string {
  if (!report) return "it is not there";
  const { state, phase, incarnation, waiting, lastEnd } = report;
  const where = phase === "" ? state : `${state} in phase "${phase}"`;
  const mail = waiting > 0 ? `, ${waiting} messages wait for it` : "";
  const [cause] = (lastEnd ?? "").split("\n", 1);
  return `it is ${where}${mail}${lastEnd === undefined ? "" : `, restarted ${incarnation} times, the last end was: ${cause}`}`;
}
