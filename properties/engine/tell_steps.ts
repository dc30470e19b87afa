import type { RecordedRun, RecordedStep } from "./record_run.ts";

/** Which part of a run is told. */
export interface TellingOptions {
  /** The last step that is told. Default: the end of the run. */
  readonly until?: number;
  /** Only what this component, or what is below it, sends and gets. Default: all. */
  readonly component?: string;
  /** Only writes of this object, `pod/web-1`, and messages that name it. Default: all. */
  readonly object?: string;
  /** How many lines at most, the last ones. Default 200. */
  readonly linesMax?: number;
}

/** Tells a run step by step: deliveries, writes and faults, in their order. */
export function tellSteps(
  { steps, writes, faults }: Pick<RecordedRun, "steps" | "writes" | "faults">,
  { until = Number.POSITIVE_INFINITY, component, object, linesMax = 200 }: TellingOptions,
): readonly string[] {
  const named = object === undefined ? undefined : nameOf(object);
  const told = steps
    .filter(({ step }) => step <= until)
    .filter((each) => component === undefined || concerns(each, component))
    .filter((each) => named === undefined || isAbout(each, named));
  const written = writes
    .filter(({ step }) => step <= until)
    .filter(({ key }) => (named === undefined ? component === undefined : isKeyOf(key, named)));
  const lastMs = Number.isFinite(until) ? (steps[until - 1]?.atMs ?? Number.POSITIVE_INFINITY) : until;
  const lines: readonly [atMs: number, step: number, text: string][] = [
    ...told.map((each): [number, number, string] => [each.atMs, each.step, tellStep(each)]),
    ...written.map((each): [number, number, string] => [
      each.atMs,
      each.step,
      `  the store has: ${each.key} ${each.what}`,
    ]),
    ...faults
      .filter(({ atMs }) => atMs <= lastMs)
      .map(({ atMs, text }): [number, number, string] => [atMs, 0, `fault: ${text}`]),
  ];
  const sorted = lines.toSorted(([a, stepA], [b, stepB]) => a - b || stepA - stepB);
  const left = sorted.length - linesMax;
  const head = left > 0 ? [`(${left} earlier lines are left out)`] : [];
  return [...head, ...sorted.slice(-linesMax).map(([atMs, step, text]) => `${place(atMs, step)}  ${text}`)];
}

function place(atMs: number, step: number): string {
  return `${(atMs / 1000).toFixed(3).padStart(9)} s ${step === 0 ? "".padStart(8) : `#${step}`.padStart(8)}`;
}

function tellStep({ from, to, event, phase }: RecordedStep): string {
  return `${from} -> ${to}: ${event.type} (${phase})`;
}

function concerns({ from, to }: RecordedStep, component: string): boolean {
  return [from, to].some((each) => each === component || each.startsWith(`${component}/`));
}

/** `pod/web-1`, `Pod/default/web-1`: a kind, and a name with or without its namespace. */
function nameOf(object: string): { readonly kind: string; readonly name: string } {
  const at = object.indexOf("/");
  return { kind: object.slice(0, at).toLowerCase(), name: object.slice(at + 1) };
}

function isKeyOf(key: string, { kind, name }: ReturnType<typeof nameOf>): boolean {
  const folder = key.slice(0, key.indexOf("/"));
  // Nodes are stored as minions, for history's sake.
  const stem = kind === "node" ? "minion" : kind;
  return (key.endsWith(`/${name}`) || key === name) && (folder.startsWith(stem) || key.includes(`/${stem}`));
}

function isAbout({ event }: RecordedStep, { name }: ReturnType<typeof nameOf>): boolean {
  const short = name.slice(name.lastIndexOf("/") + 1);
  return JSON.stringify(event).includes(`${short}`);
}
