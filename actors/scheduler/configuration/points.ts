import type { Plugin } from "../framework.ts";

/** The extension points that a configuration names, each with what a plugin does there. */
const partsOf = {
  preEnqueue: ["preEnqueue"],
  queueSort: ["queueSort"],
  preFilter: ["preFilter"],
  filter: ["filter"],
  postFilter: ["postFilter"],
  preScore: ["preScore"],
  score: ["score", "normalize"],
  reserve: ["reserve", "unreserve"],
  permit: ["permit"],
  preBind: ["preBind", "readiness", "readinessMsMax"],
  bind: ["bind"],
  postBind: ["postBind"],
} as const satisfies Record<string, readonly (keyof Plugin)[]>;

/** An extension point. */
export type Point = keyof typeof partsOf;

/** All extension points. */
export const points = Object.keys(partsOf) as readonly Point[];

/** A plugin in a configuration. */
export interface NamedPlugin {
  readonly name: string;
  readonly weight?: number;
}

/** What a configuration says of one extension point, or of all (`multiPoint`). */
export interface PluginSet {
  readonly enabled?: readonly NamedPlugin[];
  /** By name; `*` is all. */
  readonly disabled?: readonly { readonly name: string }[];
}

/** What a profile says of its plugins. */
export type PluginSets = { readonly [At in Point | "multiPoint"]?: PluginSet };

/** Whether a plugin has work at a point. */
function worksAt(plugin: Plugin, point: Point): boolean {
  return partsOf[point].some((part) => plugin[part] !== undefined);
}

/**
 * The plugins of a profile: the default ones as a configuration changes them, each with no more than it is enabled
 * for. What is enabled for one point alone goes before, or, where it is nobody else's, after what is for all.
 */
export function chosenPlugins(defaults: readonly Plugin[], sets: PluginSets = {}): readonly Plugin[] {
  const ordered = [...defaults].sort((a, b) => a.order - b.order);
  const everywhere = changed(ordered.map(named), sets.multiPoint);
  const chosen = new Map<string, { plugin: Plugin; weight: number | undefined; parts: Partial<Plugin> }>();
  for (const point of points) {
    for (const { name, weight } of atPoint(point, everywhere, { ordered, set: sets[point] })) {
      const plugin = ordered.find((each) => each.name === name);
      if (!plugin) continue;
      const entry = chosen.get(name) ?? { plugin, weight: undefined, parts: {} };
      chosen.set(name, entry);
      if (point === "score") entry.weight = weight;
      for (const part of partsOf[point]) Object.assign(entry.parts, { [part]: plugin[part] });
    }
  }
  const order = orderOf(everywhere, sets.filter);
  return [...chosen.values()].map(({ plugin, weight, parts }) => {
    const { name, events, countsPods } = plugin;
    const kept = { ...(events ? { events } : {}), ...(countsPods ? { countsPods } : {}) };
    return { name, order: order(name), weight: weight ?? plugin.weight ?? 1, ...kept, ...parts };
  });
}

function named({ name, weight }: Plugin): NamedPlugin {
  return weight === undefined ? { name } : { name, weight };
}

/** The defaults less what is disabled; what is enabled again keeps its place, with its new weight. */
function changed(defaults: readonly NamedPlugin[], { enabled = [], disabled = [] }: PluginSet = {}): NamedPlugin[] {
  const isOff = ({ name }: NamedPlugin) => disabled.some((each) => each.name === "*" || each.name === name);
  const kept = defaults.filter((each) => !isOff(each));
  const replaced = kept.map((each) =>
    weighed(
      each,
      enabled.find(({ name }) => name === each.name),
    ),
  );
  const added = enabled.filter(({ name }) => !kept.some((each) => each.name === name));
  return [...replaced, ...added];
}

function weighed(known: NamedPlugin, said: NamedPlugin | undefined): NamedPlugin {
  return said?.weight ? { ...known, weight: said.weight } : known;
}

function atPoint(
  point: Point,
  everywhere: readonly NamedPlugin[],
  { ordered, set = {} }: { readonly ordered: readonly Plugin[]; readonly set?: PluginSet | undefined },
): readonly NamedPlugin[] {
  const { enabled = [], disabled = [] } = set;
  const isOff = (name: string) => disabled.some((each) => each.name === "*" || each.name === name);
  const works = ({ name }: NamedPlugin) => ordered.some((each) => each.name === name && worksAt(each, point));
  const isNamed = ({ name }: NamedPlugin) => enabled.some((each) => each.name === name);
  const shared = everywhere.filter(works);
  const isShared = ({ name }: NamedPlugin) => shared.some((each) => each.name === name);
  const rest = shared.filter((each) => !isNamed(each) && !isOff(each.name));
  return [...enabled.filter(isShared), ...rest, ...enabled.filter((each) => !isShared(each))];
}

/** The first filter that rejects a node gives the reason, so what is enabled for filters decides the order. */
function orderOf(everywhere: readonly NamedPlugin[], { enabled = [] }: PluginSet = {}): (name: string) => number {
  const names = [...new Set([...enabled, ...everywhere].map(({ name }) => name))];
  return (name) => (names.includes(name) ? names.indexOf(name) : names.length);
}
