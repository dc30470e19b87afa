import type { AnyStateMachine } from "xstate";
import type { Loop } from "../../actors/controllers/loop.ts";
import { all as loops } from "../../actors/controllers/loops/all.ts";
import { containerChart } from "../../actors/kubelet/container/container_chart.ts";
import { podChart } from "../../actors/kubelet/pod/pod_chart.ts";
import { components } from "../cluster/cast.ts";

/** A component whose chart can be drawn. */
export interface Chart {
  /** `controller-manager`. */
  readonly name: string;
  readonly machine: AnyStateMachine;
  /** One line: what it is the chart of. */
  readonly about: string;
}

const about: Readonly<Record<string, string>> = {
  store: "a replica of the cluster store",
  apiserver: "an API server",
  controller_manager: "the controller of controllers",
  controller: "what every control loop follows",
  scheduler: "the scheduler",
  kubelet: "the agent of a node",
  kube_proxy: "what leads a node's connections to Services",
  dra_driver: "the driver of devices of a node",
  dns: "the cluster's DNS server",
};

/** All charts there are: the components', those of what a kubelet keeps alive, and the control loops. */
export function allCharts(): readonly Chart[] {
  const controllerMachine = components.find(({ kind }) => kind === "controller")?.machine;
  const all: Chart[] = components.map(({ kind, machine }) => ({
    name: kind.replaceAll("_", "-"),
    machine,
    about: about[kind] ?? kind,
  }));
  all.push({ name: "pod", machine: podChart, about: "a pod in the course of its life on a node" });
  all.push({ name: "container", machine: containerChart, about: "a container of a pod, over all its restarts" });
  if (!controllerMachine) return all;
  const ownNames = new Set(all.map(({ name }) => name));
  const controllers: readonly Loop[] = loops;
  for (const { name } of controllers) {
    if (!ownNames.has(name)) all.push({ name, machine: controllerMachine, about: `the control loop ${name}` });
  }
  return all;
}
