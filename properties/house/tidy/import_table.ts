import { isDevice, isTest, outsiders } from "./house.ts";

/** A row of the import table: which files it speaks of, and what they may import. */
export interface ImportRow {
  /** What the row's files are called in a report. */
  readonly name: string;
  /** Whether a file belongs to this row; the first row that says yes decides. */
  readonly covers: (path: string) => boolean;
  /** Whether such a file may import this file of ours. */
  readonly mayImport: (target: string, from: string, kind: "value" | "type" | "dynamic") => boolean;
  /** Which packages it may import; `node:` stands for all of Node's own modules. */
  readonly packages: readonly string[] | "any";
  /** What to do instead. */
  readonly advice: string;
}

/** Libraries that only compute: no clock, no random numbers, no input or output. */
const pureLibraries = [
  "xstate",
  "kubernetes-types",
  "@noble/ciphers",
  "js-yaml",
  "ajv",
  "ajv-formats",
  "@marcbachmann/cel-js",
  "croner",
  "pure-rand",
  "dns-packet",
  "fflate",
  "http-parser-js",
  "re2js",
];

const inside = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
const inRuntime = inside("runtime");
const inRuntimeHostSide = (path: string) => /^runtime\/(hosts|devices|faults|build)\//.test(path);
const inProperties = inside("properties");
const inCli = inside("scenarios/cli");
const inCliStage = inside("properties/stages/cli");
const inBench = inside("scenarios/bench");
const inKit = inside("actors/kit");
const inApi = inside("actors/api");
const isMessages = (path: string) => path.startsWith("actors/") && path.endsWith("/messages.ts");
const actorOf = (path: string) => path.split("/").slice(0, 2).join("/");

const inRaft = inside("actors/store/raft");

/** What of Raft the store may use: the door, what looks at it, and the leaves that its data is made of. */
const raftDoor: ReadonlySet<string> = new Set(
  ["core", "view", "entry", "log", "configuration", "founding", "messages"].map(
    (name) => `actors/store/raft/${name}.ts`,
  ),
);

function mayActorImport(target: string, from: string): boolean {
  if (isTest(target) || isDevice(target) || outsiders.has(target)) return false;
  if (target === "runtime/mod.ts" || inKit(target) || inApi(target) || isMessages(target)) return true;
  if (inside("actors/client")(target) || inside("actors/network")(target)) return true;
  return inside("actors")(target) && actorOf(target) === actorOf(from);
}

/** The import table of the house, row by row. Tests may import anything; nothing may import a test. */
export const importTable: readonly ImportRow[] = [
  {
    name: "a test",
    covers: isTest,
    mayImport: (target) => !isTest(target),
    packages: "any",
    advice: "move what two tests share to properties/",
  },
  {
    name: "a developer's generator",
    covers: (path) => outsiders.has(path),
    mayImport: (target) => !inProperties(target) && !isTest(target),
    packages: "any",
    advice: "keep generators apart from tests",
  },
  {
    name: "runtime/hosts, devices, faults and build",
    covers: inRuntimeHostSide,
    mayImport: (target) => inRuntime(target) && !isTest(target),
    packages: ["node:", "xstate", "piscina", "comlink", "esbuild", "acorn", "tsx", "@peculiar/x509", "ws"],
    advice: "the runtime knows nothing of Kubernetes: pass what it needs in as data",
  },
  {
    name: "the runtime's core",
    covers: inRuntime,
    // Types leave nothing behind: the core may name what a device or a fault is called without loading any.
    mayImport: (target, _from, kind) =>
      inRuntime(target) && !isTest(target) && (kind === "type" || !inRuntimeHostSide(target)),
    packages: ["xstate"],
    advice: "the core runs everywhere: hosts, devices and faults import it, never the other way round",
  },
  {
    name: "a device's real half",
    covers: isDevice,
    mayImport: (target) => (inRuntime(target) || inside("actors")(target)) && !isTest(target),
    packages: "any",
    advice: "a device is host side: it may import the runtime and its actor",
  },
  {
    name: "actors/kit",
    covers: inKit,
    mayImport: (target) => inKit(target) && !isTest(target),
    packages: [],
    advice: "actors/kit is the ground floor: what it needs is passed in",
  },
  {
    name: "actors/api",
    covers: inApi,
    mayImport: (target) => (inApi(target) || inKit(target)) && !isTest(target) && !outsiders.has(target),
    packages: pureLibraries,
    advice: "actors/api imports nothing of ours but itself and actors/kit, and only pure libraries",
  },
  {
    name: "the store around Raft",
    covers: (path) => inside("actors/store")(path) && !inRaft(path),
    mayImport: (target, from, kind) =>
      mayActorImport(target, from) && (!inRaft(target) || kind === "type" || raftDoor.has(target)),
    packages: pureLibraries,
    advice:
      "Raft has one door: ask core.ts to change it, look at it through view.ts, and at its data with the leaves (see properties/house/tidy/import_table.ts)",
  },
  {
    name: "an actor",
    covers: inside("actors"),
    mayImport: mayActorImport,
    packages: pureLibraries,
    advice:
      "an actor imports runtime/mod.ts, actors/kit, actors/api, actors/client, actors/network, another actor's messages.ts and pure libraries: send it a message instead",
  },
  {
    name: "scenarios/cli and scenarios/bench",
    covers: (path) => inCli(path) || inBench(path),
    // The doors to properties/: `troupe check` and `troupe replay` drive property campaigns, the bench measures one.
    mayImport: (target) => !isTest(target),
    packages: "any",
    advice: "move what two tests share to properties/",
  },
  {
    name: "scenarios",
    covers: inside("scenarios"),
    mayImport: (target) => !inProperties(target) && !inCli(target) && !inBench(target) && !isTest(target),
    packages: "any",
    advice:
      "scenarios import definitions and the runtime: only tests, scenarios/cli and scenarios/bench import properties/",
  },
  {
    name: "properties",
    covers: inProperties,
    mayImport: (target, from) => (!inCli(target) || inCliStage(from)) && !isTest(target),
    packages: "any",
    advice: "properties import everything but the command line and tests",
  },
];

/** The package of an import specifier: `@scope/name` or `name`, or `node:` for Node's own modules. */
export function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return "node:";
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The path that a relative specifier means, seen from a file. */
export function resolvePath(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
