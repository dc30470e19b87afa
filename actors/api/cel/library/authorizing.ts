import { type Authorizing, type CelFunction, isSpecial, noOverload, type Value } from "../values.ts";

function ofAuthorizer(of: (authorizer: Authorizing, args: readonly Value[]) => Value): CelFunction {
  return ([value, ...args]) =>
    value !== undefined && isSpecial(value) && value.tag === "authorizer" ? of(value.authorizer, args) : noOverload;
}

/** One more thing that is asked. */
function asking(...names: readonly string[]): CelFunction {
  return ofAuthorizer((authorizer, args) => {
    if (args.length !== names.length || !args.every((each) => typeof each === "string")) return noOverload;
    const more = Object.fromEntries(names.map((name, at) => [name, String(args[at])]));
    return { tag: "authorizer", authorizer: { ...authorizer, asked: { ...authorizer.asked, ...more } } };
  });
}

function ofDecision(of: (decision: { readonly allowed: boolean; readonly reason: string }) => Value): CelFunction {
  return ([value]) => (value !== undefined && isSpecial(value) && value.tag === "decision" ? of(value) : noOverload);
}

/** @see https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library */
export const authorizerFunctions: readonly (readonly [string, CelFunction])[] = [
  ...["path", "group", "resource", "subresource", "namespace", "name", "fieldSelector", "labelSelector"].map(
    (name) => [name, asking(name)] as const,
  ),
  ["serviceAccount", asking("accountNamespace", "accountName")],
  [
    "check",
    ofAuthorizer((authorizer, [verb]) =>
      typeof verb === "string" ? { tag: "decision", ...authorizer.judge({ ...authorizer.asked, verb }) } : noOverload,
    ),
  ],
  ["allowed", ofDecision(({ allowed }) => allowed)],
  ["reason", ofDecision(({ reason }) => reason)],
  ["errored", ofDecision(() => false)],
  ["error", ofDecision(() => "")],
];
