import { controller } from "../../../actors/controllers/definition.ts";
import { controllerManager } from "../../../actors/controllers/manager.ts";
import type { ActorDefinition } from "../../../runtime/core/actor.ts";
import type { DeviceDefinition } from "../../../runtime/devices/device.ts";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { managerAt } from "../../../scenarios/cluster/identities.ts";
import { createLab, type Lab } from "../apiserver/lab.ts";
import { podRunner } from "./pod_runner.ts";

/** How the controllers' lab is set up. */
export interface ControllerLabOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default 1. */
  readonly servers?: number;
  /** Names of the loops that run. Default: all. */
  readonly loops?: readonly string[];
  /** Default 1; of several, one leads. */
  readonly managers?: number;
  readonly actors?: readonly ActorDefinition[];
  readonly devices?: readonly DeviceDefinition[];
  readonly faults?: readonly Fault[];
  /** Whether pods run. Default true. */
  readonly runsPods?: boolean;
}

/** Real API servers and controllers over a store in memory, with pods that run by themselves. */
export interface ControllerLab extends Lab {
  readonly servers: readonly string[];
  /** The objects of a kind, as the server has them now. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
  all(plural: string, namespace?: string): any[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
  one(plural: string, name: string, namespace?: string): any;
  /** Lets time pass until the predicate holds, looked at every 100 ms. */
  until(predicate: () => boolean, deadlineMs?: number): boolean;
  /** Writes so far, by anybody: the store's revision. */
  revision(): number;
}

/** Sets up the lab; controllers lead and are synced when it is returned. */
export function createControllerLab(options: ControllerLabOptions = {}): ControllerLab {
  const {
    servers = 1,
    managers = 1,
    loops,
    actors = [],
    devices = [],
    runsPods = true,
    seed = 1,
    faults = [],
  } = options;
  const cast = [controller, controllerManager, podRunner, ...actors];
  const lab = createLab({ seed, servers, faults, actors: cast, devices, components: managerAt("manager-*") });
  const { simulation } = lab;
  const addresses = Array.from({ length: servers }, (_each, index) => `apiserver-${index}`);
  if (runsPods) {
    simulation.spawnNow({
      name: "runner",
      kind: "pod_runner",
      input: { loop: "", servers: addresses },
      restartsMax: 100,
    });
  }
  for (let index = 0; index < managers; index++) {
    const input = { servers: addresses, ...(loops && { loops }) };
    simulation.spawnNow({ name: `manager-${index}`, kind: "controller_manager", input, restartsMax: 100 });
  }
  const leads = () => simulation.addresses().some((each) => simulation.report(each)?.phase === "leading");
  const isRunning = () =>
    simulation
      .addresses()
      .every((each) => !/^manager-\d+\//.test(each) || simulation.report(each)?.phase === "running");
  simulation.runUntil(() => leads() && isRunning(), simulation.uptimeMs() + 10_000);

  return {
    ...lab,
    servers: addresses,
    all: (plural, namespace = "default") => lab.call("list", plural, { namespace }).body.items,
    one: (plural, name, namespace = "default") => {
      const { code, body } = lab.call("get", plural, { namespace, name });
      return code === 200 ? body : undefined;
    },
    until(predicate, deadlineMs = 60_000) {
      const end = simulation.uptimeMs() + deadlineMs;
      while (!predicate()) {
        if (simulation.uptimeMs() >= end) return false;
        simulation.advance(100);
      }
      return true;
    },
    revision: () => Number(lab.call("list", "namespaces").body.metadata.resourceVersion),
  };
}

/** A Deployment to create. */
export function deploymentNamed(name: string, spec: Record<string, unknown> = {}): object {
  const labels = { app: name };
  const { image = "web:1", annotations, ...rest } = spec as { image?: string; annotations?: object };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, ...(annotations && { annotations }) },
        spec: { containers: [{ name: "c", image }] },
      },
      ...rest,
    },
  };
}
