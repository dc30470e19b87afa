import fc from "fast-check";
import type { Command } from "../workload/command.ts";
import { imageNames, nodesMax } from "./topology.ts";

/** How long users are at work, in virtual milliseconds. */
export const workloadMsMax = 20_000;
const strokesMax = 7;
const replicasMax = 6;

const name = fc.constantFrom("web", "api", "db");
const podName = fc.constantFrom("solo", "lone");
const image = fc.constantFrom(...imageNames);
const replicas = fc.nat(replicasMax);
const atMs = fc.nat(workloadMsMax);
const share = fc.constantFrom<(number | string)[]>("25%", 1, 0, 2, "50%", "100%");
/** Between two commands that are meant to run into each other. */
const soonMs = fc.oneof(fc.nat(30), fc.nat(1_500));

const create: fc.Arbitrary<Command & { readonly op: "create" }> = fc
  .record({
    atMs,
    name,
    replicas,
    image,
    maxSurge: share,
    maxUnavailable: share,
    minReadySeconds: fc.constantFrom(0, 0, 0, 1, 3),
    probed: fc.constantFrom(false, false, false, true),
    recreate: fc.constantFrom(false, false, false, false, true),
    inits: fc.constantFrom(false, false, false, true),
  })
  .map(({ maxSurge, ...rest }) => {
    // Both zero is refused by the API.
    const isStuck = isZero(maxSurge) && isZero(rest.maxUnavailable);
    return { op: "create", ...rest, maxSurge: isStuck ? 1 : maxSurge };
  });

/** What a user does in one go: one command, or some that follow each other closely. */
const stroke: fc.Arbitrary<readonly Command[]> = fc.oneof(
  { weight: 12, arbitrary: create.map((each) => [each]) },
  { weight: 9, arbitrary: one({ op: fc.constant("scale" as const), atMs, name, replicas }) },
  { weight: 9, arbitrary: one({ op: fc.constant("setImage" as const), atMs, name, image }) },
  { weight: 3, arbitrary: one({ op: fc.constant("delete" as const), atMs, name }) },
  {
    weight: 3,
    arbitrary: one({ op: fc.constant("killPods" as const), atMs, name, count: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(create, soonMs).map(([again, ms]): Command[] => {
      return [{ op: "delete", atMs: again.atMs, name: again.name }, inMs(again, ms)];
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.record({ atMs, name, image }), fc.record({ op: fc.constant("scale" as const), replicas }), soonMs)
      .map(([roll, scale, ms]): Command[] => [
        { op: "setImage", ...roll },
        inMs({ ...scale, name: roll.name, atMs: roll.atMs }, ms),
      ]),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.record({ atMs, name: podName, image }),
        image,
        fc.boolean(),
        fc.integer({ min: 500, max: 4_000 }),
        soonMs,
      )
      .map(([first, next, force, livesMs, ms]): Command[] => [
        { op: "createPod", ...first },
        inMs({ op: "deletePod", name: first.name, atMs: first.atMs, force }, livesMs),
        inMs({ op: "createPod", name: first.name, atMs: first.atMs, image: next }, livesMs + ms),
      ]),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.nat(workloadMsMax - 9_000), fc.nat(nodesMax - 1), name, replicas, fc.integer({ min: 100, max: 9_000 }))
      .map(([ms, node, deployment, size, later]): Command[] => [
        { op: "deleteNode", atMs: ms, name: `node-${node}` },
        { op: "scale", atMs: ms + later, name: deployment, replicas: size },
      ]),
  },
);

/** What users do: Deployments and pods created, changed, killed and deleted, in order of time. */
export function workload(): fc.Arbitrary<readonly Command[]> {
  const first = fc
    .record({ atMs: fc.nat(4_000), name, replicas, image })
    .map((rest): Command => ({ op: "create", ...rest, maxSurge: 1, maxUnavailable: 0 }));
  return fc
    .tuple(first, fc.array(stroke, { maxLength: strokesMax }))
    .map(([begin, rest]) => withRecreations([begin, ...rest.flat()]).sort((a, b) => a.atMs - b.atMs));
}

/** Pods are there, and ready, when they are to be recreated. */
const recreatedMs = 4_500;

/** Who recreates has something to recreate: a Deployment that says so gets another image once it is there. */
function withRecreations(commands: readonly Command[]): Command[] {
  return commands.flatMap((command): readonly Command[] => {
    if (command.op !== "create" || !command.recreate) return [command];
    const { name: of, image: before } = command;
    const next = imageNames[(imageNames.indexOf(before) + 1) % imageNames.length] ?? before;
    const at = Math.min(command.atMs + recreatedMs, workloadMsMax);
    return [command, { op: "setImage", name: of, image: next, atMs: at }];
  });
}

/** The most pods that a workload may want at a time, with all that surges. */
export function podsMaxOf(commands: readonly Command[]): number {
  const most = new Map<string, number>();
  const note = (key: string, pods: number) => most.set(key, Math.max(most.get(key) ?? 0, pods));
  const surges = new Map<string, number>();
  for (const command of commands) {
    if (command.op === "create" || command.op === "scale") note(command.name, command.replicas);
    if (command.op === "createPod") note(`pod ${command.name}`, 1);
    if (command.op === "create") {
      const { maxSurge } = command;
      const pods =
        typeof maxSurge === "number" ? maxSurge : Math.ceil((Number.parseInt(maxSurge, 10) * replicasMax) / 100);
      surges.set(command.name, Math.max(surges.get(command.name) ?? 0, pods));
    }
  }
  return [...most.values(), ...surges.values()].reduce((sum, each) => sum + each, 0);
}

function one(model: { [Key in string]: fc.Arbitrary<unknown> }): fc.Arbitrary<readonly Command[]> {
  return fc.record(model).map((command) => [command as unknown as Command]);
}

function inMs<Each extends Command>(command: Each, ms: number): Each {
  return { ...command, atMs: command.atMs + ms };
}

function isZero(value: number | string): boolean {
  return Number.parseInt(String(value), 10) === 0;
}
