import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleImage, type ImageBundle } from "../../../actors/cri/modules/image_bundle.ts";
import type { ModuleInput, ModuleOutput, ModuleStart } from "../../../actors/cri/modules/module_runner.ts";
import { type SimulatedRunnerOptions, simulatedRunners } from "../../../actors/cri/modules/simulated_runner.ts";
import { randomFrom } from "../../../runtime/core/random.ts";

/** A container under test: what it has told, and waiting for more. */
export interface Container {
  readonly outputs: ModuleOutput[];
  tell(input: ModuleInput): void;
  kill(): void;
  /** Waits, in the time of its world, until something holds of what it has told. */
  until(holds: (outputs: readonly ModuleOutput[]) => boolean): Promise<void>;
}

/** Where containers are started for a test; the text is a module's. */
export interface Stage {
  start(text: string, more?: Partial<ModuleStart>): Promise<Container>;
}

// The same text has the same path each time: what is cached by path does not pile up.
const folder = join(tmpdir(), "kubetroupe-test-images");
await mkdir(folder, { recursive: true });

/** Bundles a module's text as an image. */
export async function imageOf(text: string): Promise<ImageBundle> {
  const path = join(folder, `${createHash("sha256").update(text).digest("hex").slice(0, 16)}.ts`);
  await writeFile(path, text);
  return bundleImage(path);
}

const runners = await simulatedRunners();

/** A world of virtual time, with one container. */
export function simulatedStage(options: SimulatedRunnerOptions = {}, seed = 1): Stage {
  return {
    async start(text, more = {}) {
      const image = more.image ?? (await imageOf(text));
      const outputs: ModuleOutput[] = [];
      const due: { atMs: number; body: () => void }[] = [];
      let nowMs = 0;
      const world = {
        nowMs: () => 1_700_000_000_000 + nowMs,
        uptimeMs: () => nowMs,
        after: (delayMs: number, body: () => void) => void due.push({ atMs: nowMs + delayMs, body }),
        random: randomFrom(seed),
      };
      const start = { vars: {}, args: [], hostname: "web-0", name: "ns/web-0/app", ...more, image };
      const running = runners(world, options).start(start, (output) => outputs.push(output));
      return {
        outputs,
        tell: running.tell,
        kill: running.kill,
        async until(holds) {
          for (let turns = 0; !holds(outputs); turns++) {
            due.sort((a, b) => a.atMs - b.atMs);
            const next = due.shift();
            assert.ok(turns < 1_000, `it never comes: ${JSON.stringify(outputs)}`);
            // Without timers it is on the test to tell something.
            await new Promise((resolve) => setImmediate(resolve));
            if (!next) continue;
            nowMs = next.atMs;
            next.body();
          }
        },
      };
    },
  };
}

/** Whether an output of this type, and for this id, was told. */
export const has =
  (type: ModuleOutput["type"], id?: number) =>
  (outputs: readonly ModuleOutput[]): boolean =>
    outputs.some((output) => output.type === type && (id === undefined || ("id" in output && output.id === id)));
/** Whether the container has exited. */
export const exited = has("exit");

/** How the container has exited. */
export function exitOf({ outputs }: Container) {
  const found = outputs.find((output) => output.type === "exit");
  assert.ok(found?.type === "exit");
  return found;
}

/** What was printed. */
export function lines({ outputs }: Container, stream: "stdout" | "stderr"): string[] {
  return outputs.flatMap((output) => (output.type === "log" && output.stream === stream ? [output.line] : []));
}

/** The chunks of a body that were told, as one text. */
export function textOf({ outputs }: Container, type: ModuleOutput["type"], id: number): string {
  const chunks = outputs.flatMap((output) =>
    "data" in output && output.type === type && output.id === id ? [output.data] : [],
  );
  return Buffer.concat(chunks).toString();
}

/** Asks the container for a path. */
export async function get(container: Container, path: string, id: number): Promise<{ status: number; text: string }> {
  container.tell({ type: "request", id, method: "GET", url: `http://app${path}`, headers: [], hasBody: false });
  await container.until(has("response.end", id));
  const head = container.outputs.find((output) => output.type === "response.head" && output.id === id);
  assert.ok(head?.type === "response.head");
  return { status: head.status, text: textOf(container, "response.chunk", id) };
}
