import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address, Message } from "../../../runtime/core/actor.ts";
import { diskModel } from "../../../runtime/devices/disk_model.ts";
import { netModel } from "../../../runtime/devices/net_model.ts";
import { createPoolHost } from "../../../runtime/hosts/free/pool.ts";
import { createThreadHost } from "../../../runtime/hosts/free/thread.ts";
import { AskError, type Host } from "../../../runtime/hosts/host.ts";
import { createSimulation } from "../../../runtime/hosts/simulation/simulation.ts";
import type { ChildSpec } from "../../../runtime/supervision/child_spec.ts";
import { actors, cast } from "./cast.ts";
import type { Deed, PuppetInput, PuppetMessage, PuppetState } from "./puppet.ts";

/** A host on which a test puts puppets; whichever it is, the test reads the same. */
export interface Stage {
  readonly host: Host;
  /** Lets time pass: virtual where it is virtual. */
  pass(ms: number): Promise<void>;
  /** Starts a puppet under a name that no other test uses. */
  puppet(input?: PuppetInput, spec?: Partial<ChildSpec>): Promise<Address>;
  tell(to: Address, ...deeds: readonly Deed[]): void;
  look(address: Address): Promise<PuppetState>;
  /** What the puppet has seen, once that is at least so much. */
  seen(address: Address, countMin: number): Promise<readonly string[]>;
  /** Looks again and again until it is so. */
  until(isSo: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

const untilMsMax = 20_000;
const askMs = 5_000;

/** How each host is set up for a test. */
export const stages: Readonly<Record<Host["name"], () => Promise<Stage>>> = {
  simulation: async () => {
    const simulation = createSimulation({ cast: { actors, devices: [diskModel(), netModel()] }, seed: 7 });
    return stageOf(
      simulation,
      async (ms) => simulation.advance(ms),
      () => simulation.close(),
    );
  },
  thread: () => freeStage((diskFolder) => createThreadHost({ cast, settings: { diskFolder }, journalMax: 100 })),
  pool: () =>
    freeStage((diskFolder) => createPoolHost({ cast, settings: { diskFolder }, workers: 2, journalMax: 100 })),
};

async function freeStage(make: (diskFolder: string) => Promise<Host>): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-stage-"));
  const host = await make(folder);
  const pass = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  return stageOf(host, pass, async () => {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  });
}

function stageOf(host: Host, pass: (ms: number) => Promise<void>, close: () => Promise<void>): Stage {
  let names = 0;

  async function until(isSo: () => boolean | Promise<boolean>) {
    for (let passed = 0; !(await isSo()); passed += 5) {
      if (passed > untilMsMax) throw new Error(`Waiting in the ${host.name} host: it is not so after ${untilMsMax} ms`);
      await pass(5);
    }
  }

  async function look(address: Address): Promise<PuppetState> {
    return (await host.ask(address, { type: "puppet.look" } satisfies PuppetMessage, askMs)) as PuppetState;
  }

  return {
    host,
    pass,
    until,
    look,
    close,
    async puppet(input = {}, spec = {}) {
      const address = await host.spawn({ name: `p${++names}`, kind: "puppet", input, ...spec });
      await until(async () => (await host.inspect(address))?.state !== "starting");
      return address;
    },
    tell: (to, ...deeds) => host.send(to, { type: "puppet.do", deeds } as Message),
    async seen(address, countMin) {
      let found: readonly string[] = [];
      await until(async () => {
        try {
          found = (await look(address)).seen;
        } catch (error) {
          // Between two lives nobody is there.
          if (error instanceof AskError) return false;
          throw error;
        }
        return found.length >= countMin;
      });
      return found;
    },
  };
}
