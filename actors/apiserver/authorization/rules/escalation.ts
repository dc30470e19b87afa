import type { User } from "../../messages.ts";
import { compacted, listText, missingRules, type Rule, ruleText } from "./coverage.ts";
import { errorsText, type HeldRules } from "./rulebook.ts";

/** All that there is: whoever wants to put roles together from others has to have it. */
export const everyRight: readonly Rule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/**
 * Why somebody may not give others these rules: nobody gives what they have not. Undefined: they have all of it.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping
 */
export function escalationError(user: User, held: HeldRules, wanted: readonly Rule[]): string | undefined {
  const missing = missingRules(
    held.rules.map(({ rule }) => rule),
    wanted,
  );
  if (missing.length === 0) return undefined;
  const texts = [...new Set(compacted(missing).map(ruleText))].sort();
  const who = `user ${JSON.stringify(user.name)} (groups=${listText(user.groups)})`;
  const errors = held.errors.length === 0 ? "" : `; resolution errors: [${errorsText(held.errors)}]`;
  return `${who} is attempting to grant RBAC permissions not currently held:\n${texts.join("\n")}${errors}`;
}
