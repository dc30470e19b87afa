import { type Node, parse } from "acorn";

/** What a counted step is called in the text of an image. */
export const stepName = "__step";

interface Insertion {
  readonly at: number;
  readonly text: string;
  /** Of two insertions at one place, the one with the lower order comes first. */
  readonly order: number;
}

const loops = new Set(["WhileStatement", "DoWhileStatement", "ForStatement", "ForInStatement", "ForOfStatement"]);
const functions = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

type AnyNode = Node & Readonly<Record<string, unknown>>;

/**
 * Counts: each turn of a loop and each call of a function in a script first calls `__step()`. What loops without end
 * is then stopped after so many steps, the same on every machine, where a time limit would depend on the machine.
 */
export function withStepBudget(code: string): string {
  const insertions: Insertion[] = [];
  visit(parse(code, { ecmaVersion: 2023, sourceType: "script" }) as Node as AnyNode, (node) => {
    if (loops.has(node.type)) count(node.body as AnyNode, insertions, "statement");
    else if (functions.has(node.type)) count(node.body as AnyNode, insertions, "expression");
  });
  insertions.sort((a, b) => a.at - b.at || a.order - b.order);
  let text = "";
  let from = 0;
  for (const { at, text: inserted } of insertions) {
    text += code.slice(from, at) + inserted;
    from = at;
  }
  return text + code.slice(from);
}

function count(body: AnyNode, insertions: Insertion[], otherwise: "statement" | "expression"): void {
  if (body.type === "BlockStatement") {
    const statements = body.body as readonly (AnyNode & { readonly directive?: string })[];
    const directives = statements.filter(({ directive }) => directive !== undefined);
    insertions.push({ at: directives.at(-1)?.end ?? body.start + 1, text: `;${stepName}();`, order: 1 });
    return;
  }
  const [open, close] = otherwise === "statement" ? [`{${stepName}();`, "}"] : [`(${stepName}(),`, ")"];
  // An inner body ends where an outer one does at the earliest: it closes first.
  insertions.push({ at: body.start, text: open, order: 1 }, { at: body.end, text: close, order: -body.start });
}

function visit(node: AnyNode, see: (node: AnyNode) => void): void {
  see(node);
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) for (const each of value) visitIfNode(each, see);
    else visitIfNode(value, see);
  }
}

function visitIfNode(value: unknown, see: (node: AnyNode) => void): void {
  if (typeof value === "object" && value !== null && typeof (value as AnyNode).type === "string") {
    visit(value as AnyNode, see);
  }
}
