import type { AnyStateMachine, AnyStateNode } from "xstate";

/** What is drawn beside states and transitions. */
export interface MermaidOptions {
  /** Each state's description and entry actions as a note. Default false. */
  readonly withNotes?: boolean;
}

interface Edge {
  readonly source: AnyStateNode;
  readonly target: AnyStateNode;
  readonly label: string;
}

const indentation = "  ";

/**
 * A statechart as the text of a Mermaid state diagram: states, nesting, parallel regions, final states, and the
 * transitions that lead elsewhere, with their guards and delays. What a state does without leaving it is not drawn.
 */
export function mermaidOf(machine: AnyStateMachine, options: MermaidOptions = {}): string {
  const { root } = machine;
  const edges = edgesOf(root);
  // Transitions of the whole chart need a state that stands for it.
  const isFramed = edges.some(({ source }) => source === root);
  const lines = isFramed
    ? [`state "${root.key}" as ${idOf(root)} {`, ...indented(blockOf(root, edges, options)), "}"]
    : blockOf(root, edges, options);
  const across = edges.filter(({ source, target }) => source.parent !== target.parent || source === root);
  return ["stateDiagram-v2", ...indented([...lines, ...across.map(arrow)])].join("\n");
}

/** What is inside a state: its children, where it begins, and the transitions between the children. */
function blockOf(parent: AnyStateNode, edges: readonly Edge[], options: MermaidOptions): string[] {
  const children = Object.values(parent.states) as AnyStateNode[];
  if (parent.type === "parallel") {
    return children.flatMap((child, index) => [...(index > 0 ? ["--"] : []), ...declared(child, edges, options)]);
  }
  const initial = parent.initial.target[0] as AnyStateNode | undefined;
  return [
    ...(initial ? [`[*] --> ${idOf(initial)}`] : []),
    ...children.flatMap((child) => declared(child, edges, options)),
    ...edges.filter(({ source, target }) => source.parent === parent && target.parent === parent).map(arrow),
    ...children.filter(({ type }) => type === "final").map((child) => `${idOf(child)} --> [*]`),
  ];
}

/** A state by itself: its name, its inside, its note. */
function declared(state: AnyStateNode, edges: readonly Edge[], options: MermaidOptions): string[] {
  const id = idOf(state);
  const name = id === state.key ? [] : [`state "${state.key}" as ${id}`];
  const isLeaf = Object.keys(state.states).length === 0;
  return [
    ...(isLeaf && id === state.key ? [id] : name),
    ...(isLeaf ? [] : [`state ${id} {`, ...indented(blockOf(state, edges, options)), "}"]),
    ...(options.withNotes ? noteOf(state) : []),
  ];
}

function noteOf(state: AnyStateNode): string[] {
  const actions = state.entry.map((action) => actionName(action)).filter((name) => name !== "");
  const lines = [
    ...(state.description ? [state.description] : []),
    ...(actions.length > 0 ? [`entry / ${actions.join(", ")}`] : []),
  ];
  return lines.length === 0 ? [] : [`note right of ${idOf(state)}`, ...indented(lines.map(plain)), "end note"];
}

function edgesOf(state: AnyStateNode): Edge[] {
  const own: Edge[] = [];
  const add = (targets: readonly AnyStateNode[] | undefined, label: string) => {
    for (const target of targets ?? []) own.push({ source: state, target, label });
  };
  const delays = new Map(state.after.map((transition) => [transition.eventType, transition.delay]));
  for (const transitions of state.transitions.values()) {
    for (const { eventType, guard, target } of transitions) {
      const delay = delays.get(eventType);
      const trigger = delay === undefined ? eventName(eventType) : delayName(delay);
      add(target, [trigger, guardName(guard)].filter(Boolean).join(" "));
    }
  }
  for (const { guard, target } of state.always ?? []) add(target, guardName(guard) || "always");
  return [...own, ...Object.values(state.states).flatMap((child) => edgesOf(child as AnyStateNode))];
}

function eventName(type: string): string {
  if (type === "*") return "any event";
  if (type.startsWith("xstate.done.state")) return "done";
  return type;
}

function delayName(delay: unknown): string {
  return typeof delay === "number" ? `after ${delay} ms` : `after ${String(delay)}`;
}

function guardName(guard: unknown): string {
  const name = nameOf(guard);
  return name === "" ? "" : `[${name}]`;
}

function actionName(action: unknown): string {
  return nameOf(action);
}

/** Guards and actions are named by a text, by `{ type }`, or are functions. */
function nameOf(part: unknown): string {
  if (part === undefined) return "";
  if (typeof part === "string") return part;
  if (typeof part === "function") return part.name;
  const { type } = part as { type?: unknown };
  return typeof type === "string" ? type : "";
}

/** The path of a state from the root, as a name that Mermaid takes. */
function idOf({ path, key }: AnyStateNode): string {
  return (path.length === 0 ? [key, "chart"] : path).join("_").replace(/\W/g, "_");
}

function arrow({ source, target, label }: Edge): string {
  return `${idOf(source)} --> ${idOf(target)}: ${plain(label)}`;
}

/** Mermaid ends a statement at a semicolon. */
function plain(text: string): string {
  return text.replace(/[;\n]+/g, ",");
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `${indentation}${line}`);
}
