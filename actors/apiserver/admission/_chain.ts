import type { Step } from "../../../runtime/mod.ts";
import type { AdmissionPlugin, Admitting, Gate, Verdict } from "./_plugin.ts";
import { all } from "./all.ts";

/** A gate, and when nobody has to be stopped there. */
interface Stop {
  readonly gate: Gate;
  readonly isIdle: AdmissionPlugin["isIdle"];
}

/** What a request passes, in this order. */
export interface Gates {
  readonly admit: readonly Stop[];
  readonly validate: readonly Stop[];
}

/** By operation and resource, as each is first met: most requests pass no gate at all. */
const gatesOf = new Map<string, Gates>();

/** The first round, in which plugins may change the object; twice, where one of them says so. */
export function mutate(admitting: Admitting, verdict: Verdict, step: Step): void {
  passFirst(gatesFor(admitting), { admitting, verdict }, step);
}

function passFirst({ admit: gates }: Gates, { admitting, verdict }: Passing, step: Step) {
  if (nextAfter(gates, admitting, 0) === gates.length) return verdict(undefined, step);
  const judged: Verdict = (refusal, later) => {
    const { rounds } = admitting;
    if (refusal || !rounds?.isSecondWanted) return verdict(refusal, later);
    admitting.rounds = { ...rounds, isSecond: true };
    pass({ gates, admitting, verdict }, later);
  };
  pass({ gates, admitting, verdict: judged }, step);
}

/** The second round, in which they only judge it. */
export function validate(admitting: Admitting, verdict: Verdict, step: Step): void {
  pass({ gates: gatesFor(admitting).validate, admitting, verdict }, step);
}

/** Both rounds, where the server itself does nothing in between. */
export function admit(admitting: Admitting, verdict: Verdict, step: Step): void {
  admitBy(gatesFor(admitting), { admitting, verdict }, step);
}

/** A request on its way, and what is done when it has passed or was refused. */
interface Passing {
  readonly admitting: Admitting;
  readonly verdict: Verdict;
}

/** Both rounds, by these gates. */
export function admitBy(gates: Gates, { admitting, verdict }: Passing, step: Step): void {
  const judged: Verdict = (refusal, later) => {
    if (refusal) verdict(refusal, later);
    else pass({ gates: gates.validate, admitting, verdict }, later);
  };
  passFirst(gates, { admitting, verdict: judged }, step);
}

function pass(passing: Passing & { readonly gates: readonly Stop[] }, step: Step, from = 0) {
  const { gates, admitting, verdict } = passing;
  const at = nextAfter(gates, admitting, from);
  const stop = gates[at];
  if (!stop) return verdict(undefined, step);
  const next: Verdict = (refusal, later) => {
    if (refusal) verdict(refusal, later);
    else pass(passing, later, at + 1);
  };
  stop.gate(admitting, next, step);
}

/** Where a request has to stop next: most gates are for what nobody has configured. */
function nextAfter(gates: readonly Stop[], admitting: Admitting, from: number): number {
  let at = from;
  while (gates[at]?.isIdle?.(admitting) === true) at++;
  return at;
}

function gatesFor(admitting: Admitting): Gates {
  const key = `${admitting.operation} ${resourceOf(admitting)}`;
  let gates = gatesOf.get(key);
  if (!gates) {
    gates = gatesAmong(all, admitting);
    gatesOf.set(key, gates);
  }
  return gates;
}

/** Those of the plugins that are for a request, in the order of their places. */
export function gatesAmong(plugins: readonly AdmissionPlugin[], admitting: Admitting): Gates {
  const own = plugins.filter((plugin) => isFor(plugin, admitting)).sort((a, b) => a.place - b.place);
  return {
    admit: own.flatMap(({ admit, isIdle }) => (admit ? [{ gate: admit, isIdle }] : [])),
    validate: own.flatMap(({ validate, isIdle }) => (validate ? [{ gate: validate, isIdle }] : [])),
  };
}

function isFor({ handles }: AdmissionPlugin, admitting: Admitting): boolean {
  const resource = resourceOf(admitting);
  const isWhole = !resource.includes("/");
  return handles.some(
    ({ operations, resources }) =>
      operations.includes(admitting.operation) &&
      (resources.includes(resource) || resources.includes("*/*") || (isWhole && resources.includes("*"))),
  );
}

/** As plugins name it: `pods`, `deployments.apps`, `pods/binding`. */
function resourceOf({ call }: Admitting): string {
  const { kind, request } = call;
  const resource = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
  return request.subresource ? `${resource}/${request.subresource}` : resource;
}
