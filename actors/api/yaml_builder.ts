/**
 * A document of YAML as it is put together from its nodes. An alias shares what its anchor named, and is counted as if
 * it were written out: what a document stands for is bounded, whatever it says.
 */
import { depthMax } from "./json_depth.ts";
import { setOwn } from "./types.ts";
import type { ScalarValue } from "./yaml_scalars.ts";

/** Thrown by the reader of YAML at what it does not take; the message is go-yaml's. */
export class WrongYaml extends Error {}

/** What a document may be as JSON, with its aliases written out: as much as a body. */
const charsMax = 3 * 1024 * 1024;
const repeatedKeysMax = 100;

type Collection = unknown[] | Record<string, unknown>;

/** A node that is whole. What it counts it counts with all aliases in it written out. */
interface Node {
  readonly value: unknown;
  readonly nodes: number;
  readonly chars: number;
  readonly depth: number;
}

/** A collection whose end has not come. */
interface Open {
  readonly value: Collection;
  readonly anchor: string;
  /** Of a mapping: the key whose value comes next. */
  key: string | undefined;
  isMergeNext: boolean;
  nodes: number;
  chars: number;
  depth: number;
}

/** A document under construction. */
export interface YamlBuilder {
  readonly stack: Open[];
  readonly anchors: Map<string, Node | "open">;
  /** All nodes so far, and those of them that aliases stand for. */
  nodes: number;
  aliased: number;
  readonly repeatedKeys: string[];
  root: Node | undefined;
  readonly line: (offset: number) => number;
}

/** An empty document; `line` tells where in the text a place is. */
export function createBuilder(line: YamlBuilder["line"]): YamlBuilder {
  return { line, stack: [], anchors: new Map(), nodes: 0, aliased: 0, repeatedKeys: [], root: undefined };
}

/** Puts a scalar where it belongs. */
export function addScalar(
  builder: YamlBuilder,
  value: ScalarValue,
  { anchor, ...place }: Place & { readonly anchor: string },
): void {
  if (typeof value === "number" && !Number.isFinite(value)) {
    const name = Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
    throw new WrongYaml(`json: unsupported value: ${name}`);
  }
  const node: Node = { value, nodes: 1, chars: typeof value === "string" ? value.length + 2 : 5, depth: 0 };
  builder.nodes++;
  if (anchor !== "") builder.anchors.set(anchor, node);
  add(builder, node, place);
}

/** Whether a mapping waits for a key. */
function isKeyNext({ stack }: YamlBuilder): boolean {
  const top = stack.at(-1);
  return top !== undefined && !Array.isArray(top.value) && top.key === undefined && !top.isMergeNext;
}

/** Opens a collection. */
export function begin(builder: YamlBuilder, value: Collection, anchor: string): void {
  if (isKeyNext(builder)) throw invalidKey(Array.isArray(value));
  builder.nodes++;
  if (anchor !== "") builder.anchors.set(anchor, "open");
  builder.stack.push({ value, anchor, key: undefined, isMergeNext: false, nodes: 1, chars: 2, depth: 1 });
}

/** Closes the collection that was opened last. */
export function end(builder: YamlBuilder): void {
  const open = builder.stack.pop();
  if (open === undefined) return;
  const { value, anchor, nodes, chars, depth } = open;
  const node: Node = { value, nodes, chars, depth };
  if (anchor !== "") builder.anchors.set(anchor, node);
  add(builder, node, { at: 0, isMerge: false });
}

/** Where a node is. */
interface Place {
  readonly at: number;
  /** It is the key `<<`, as it is written. */
  readonly isMerge: boolean;
}

/** Puts a node where it belongs: into the collection that is open, as its key or its value. */
function add(builder: YamlBuilder, node: Node, { at, isMerge }: Place): void {
  const open = builder.stack.at(-1);
  if (open === undefined) {
    builder.root = node;
    return;
  }
  open.nodes += node.nodes;
  open.chars += node.chars + 1;
  open.depth = Math.max(open.depth, node.depth + 1);
  if (open.chars > charsMax) throw new WrongYaml("yaml: document contains excessive aliasing");
  if (open.depth > depthMax) throw new WrongYaml(`yaml: exceeded max depth of ${depthMax}`);
  const { value, key } = open;
  if (Array.isArray(value)) value.push(node.value);
  else if (open.isMergeNext) {
    open.isMergeNext = false;
    merge(builder, open, { source: node.value, at });
  } else if (key !== undefined) {
    open.key = undefined;
    setOwn(value, { key, value: node.value });
  } else if (isMerge) open.isMergeNext = true;
  else open.key = keyOf(builder, open, { value: node.value, at });
}

/** A key as JSON has it. */
function keyOf(builder: YamlBuilder, { value }: Open, { value: key, at }: { value: unknown; at: number }): string {
  if (key === null) throw new WrongYaml("unsupported map key of type: %!s(<nil>), key: <nil>");
  if (typeof key === "object") throw invalidKey(Array.isArray(key));
  const name = String(key);
  noteRepeated(builder, { map: value, name, at });
  return name;
}

function invalidKey(isSequence: boolean): WrongYaml {
  return new WrongYaml(`yaml: invalid map key: ${isSequence ? "[]interface {}" : "map[interface {}]interface {}"}`);
}

function noteRepeated(
  { repeatedKeys, line }: YamlBuilder,
  { map, name, at }: { readonly map: Collection; readonly name: string; readonly at: number },
): void {
  if (!Object.hasOwn(map, name) || repeatedKeys.length >= repeatedKeysMax) return;
  repeatedKeys.push(`line ${line(at)}: key ${JSON.stringify(name)} already set in map`);
}

/** Sets what mappings have, where `<<` stands, as go-yaml 2 does: what was set before is written over. */
function merge(
  builder: YamlBuilder,
  { value: target }: Open,
  { source, at }: { readonly source: unknown; readonly at: number },
): void {
  // Of several the first counts most, so it is set last.
  for (const each of Array.isArray(source) ? source.toReversed() : [source]) {
    if (typeof each !== "object" || each === null || Array.isArray(each)) {
      throw new WrongYaml("yaml: map merge requires map or sequence of maps as the value");
    }
    for (const [key, value] of Object.entries(each)) {
      builder.nodes++;
      noteRepeated(builder, { map: target, name: key, at });
      setOwn(target as Record<string, unknown>, { key, value });
    }
  }
}

/**
 * Puts what an anchor named where an alias is. How much of a document may be aliases is go-yaml's rule: of a small one
 * nearly all, of one that stands for four million nodes a tenth.
 */
export function addAlias(builder: YamlBuilder, name: string, at: number): void {
  const node = builder.anchors.get(name);
  if (node === undefined) throw new WrongYaml(`yaml: unknown anchor '${name.slice(0, 100)}' referenced`);
  if (node === "open") throw new WrongYaml(`yaml: anchor '${name.slice(0, 100)}' value contains itself`);
  builder.nodes += node.nodes + 1;
  builder.aliased += node.nodes;
  const { nodes, aliased } = builder;
  if (aliased > 100 && nodes > 1_000 && aliased / nodes > aliasShareMax(nodes)) {
    throw new WrongYaml("yaml: document contains excessive aliasing");
  }
  add(builder, { ...node, nodes: node.nodes + 1 }, { at, isMerge: false });
}

const smallNodes = 400_000;
const largeNodes = 4_000_000;

function aliasShareMax(nodes: number): number {
  if (nodes <= smallNodes) return 0.99;
  if (nodes >= largeNodes) return 0.1;
  return 0.99 - (0.89 * (nodes - smallNodes)) / (largeNodes - smallNodes);
}
