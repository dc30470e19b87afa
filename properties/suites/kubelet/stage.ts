import { computer } from "../../../actors/computer/definition.ts";
import { manifestsModel } from "../../../actors/computer/manifests_model_device.ts";
import type { ComputerInput } from "../../../actors/computer/messages.ts";
import { kubelet } from "../../../actors/kubelet/definition.ts";
import type { KubeletInput } from "../../../actors/kubelet/messages.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { isFrozen, type RunResult, resultOf } from "../../engine/run.ts";
import type { SuiteOptions } from "../../engine/suite.ts";
import { modelApi, modelApiAddress } from "../model/api.ts";
import type { ModelApiData } from "../model/data.ts";
import type { ModelApiInput, ModelChange } from "../model/messages.ts";
import { createJudge, type Judge } from "./judge.ts";
import { type ManifestDeed, manifestText } from "./manifests.ts";
import { computerAddress, type KubeletRun, kubeletAddress, nodeNameOf } from "./run.ts";
import { type RuntimeWatch, watchedRuntime } from "./runtime.ts";

const lookMs = 500;
/** What crashes is begun again within ten seconds, who is told to wait within minutes. */
const [settleMsMax, steadyMs, restMs] = [120_000, 5_000, 12_000];

/** Performs a run: what happens on computers and in the API is judged as it happens, what is amiss for long at each look. */
export function performKubelet(run: KubeletRun, options: SuiteOptions = {}): RunResult {
  const { seed, faults, healAtMs } = run;
  const { journalMax = 0, freeze = isFrozen(run) } = options;
  let judge: Judge | undefined;
  const watch: RuntimeWatch = {
    asked: (address, asked) => judge?.asked(address, asked),
    answered: (address, asked, answer) => judge?.answered(address, asked, answer),
    happened: (event) => judge?.happened(event),
    failed: () => judge?.failed(),
  };
  const runtime = watchedRuntime(run.failures, watch);
  const manifests = manifestsModel();
  const cast = { actors: [modelApi, kubelet, computer], devices: [runtime, ...(run.manifests ? [manifests] : [])] };
  const simulation = createSimulation({ cast, seed, faults, journalMax, freeze });
  options.begin?.(simulation);
  judge = createJudge(run, simulation);
  follow(simulation, judge);
  spawnAll(run, simulation);
  const written = (deed: ManifestDeed) => {
    const { node, file, pod } = deed;
    if (pod) manifests.write(node, file, manifestText(pod));
    else manifests.remove(node, file);
    judge?.written(deed);
  };
  carryOut(simulation, { judge, healAtMs, manifests: run.manifests ?? [], written });
  options.inspect?.(simulation);
  return resultOf(simulation, judge.violation());
}

/** What was amiss at the last look, and since when nothing has been. */
interface Looks {
  amiss: string | undefined;
  fineMs: number;
}

/** Has a judge see all that happens. */
function follow(simulation: Simulation, judge: Judge): void {
  let [seen, vain] = [0, 0];
  simulation.onStep((address) => {
    if (address === modelApiAddress) {
      const data = simulation.dataOf(modelApiAddress) as ModelApiData;
      for (; seen < data.changes.length; seen++) judge.take(data.changes[seen] as ModelChange);
      for (; vain < data.vain.length; vain++) judge.takeVain(data.vain[vain]?.by ?? "", data.vain[vain]?.key ?? "");
    }
    if (simulation.failures().length > 0) judge.report("errors", simulation.failures()[0]?.reason);
  });
}

interface Course {
  readonly judge: Judge;
  readonly healAtMs: number;
  readonly manifests: readonly ManifestDeed[];
  readonly written: (deed: ManifestDeed) => void;
}

function carryOut(simulation: Simulation, { judge, healAtMs, manifests, written }: Course) {
  const later = [...manifests];
  const looks: Looks = { amiss: "nobody has looked", fineMs: 0 };
  const isBroken = () => judge.violation() !== undefined;
  const isFine = () => simulation.uptimeMs() - looks.fineMs > steadyMs && !judge.trouble.isTroubled();

  /** Looks also where nothing happens: what is amiss at the end of a silence may have begun with it, or just now. */
  function isOverBefore(endMs: number, isOver: () => boolean = () => false): boolean {
    for (let atMs = simulation.uptimeMs(); !isBroken() && !isOver(); ) {
      if (atMs >= endMs) return false;
      atMs = Math.min(atMs + lookMs, endMs, later[0]?.atMs ?? endMs);
      simulation.runUntil(isBroken, atMs);
      for (; later[0] && later[0].atMs <= atMs; later.shift()) written(later[0]);
      looks.amiss = judge.look();
      if (looks.amiss !== undefined) looks.fineMs = atMs;
    }
    return true;
  }

  if (isOverBefore(healAtMs)) return;
  simulation.faults.heal();
  if (isOverBefore(judge.trouble.overMs())) return;
  if (!isOverBefore(simulation.uptimeMs() + settleMsMax, isFine)) judge.report("runs", looks.amiss);
  judge.beQuiet();
  isOverBefore(simulation.uptimeMs() + restMs);
}

function spawnAll({ workload: deeds, lapses, refusals, nodes, manifests }: KubeletRun, simulation: Simulation) {
  const ofApi: ModelApiInput = { deeds, lapses, refusals };
  simulation.spawnNow({ name: modelApiAddress, kind: modelApi.kind, input: ofApi });
  for (let index = 0; index < nodes; index++) {
    const node = nodeNameOf(index);
    const nodeIp = `192.168.0.${index + 1}`;
    const ofComputer: ComputerInput = { node, nodeIps: [nodeIp], kubelet: kubeletAddress(node), routes: [], hosts: {} };
    const ofKubelet: KubeletInput = {
      ...{ node, apiServers: [modelApiAddress], computer: computerAddress(node) },
      ...{ podCidr: `10.244.${index}.0/24`, hostIp: nodeIp, ...(manifests ? { hasManifests: true } : {}) },
    };
    const restartsMax = 10_000;
    simulation.spawnNow({ name: computerAddress(node), kind: computer.kind, input: ofComputer, restartsMax });
    simulation.spawnNow({ name: kubeletAddress(node), kind: kubelet.kind, input: ofKubelet, restartsMax });
  }
}
