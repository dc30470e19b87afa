import { type Authorizer, noOpinion, type Opinion } from "./_authorizer.ts";
import { bookOf } from "./_rights.ts";
import { errorsText, grantedBy, pathGrantedBy, rulesFor } from "./rules/rulebook.ts";

const asked = (source: string | undefined, refusal: () => Opinion): Opinion =>
  source === undefined ? refusal() : { decision: "allow", reason: `RBAC: allowed by ${source}` };

function refusalFor(errors: readonly string[]): Opinion {
  return noOpinion(errors.length === 0 ? "" : `RBAC: ${errorsText(errors)}`);
}

/**
 * What roles allow to those who are bound to them.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export const rbac: Authorizer = {
  name: "RBAC",
  place: 20,
  onResource(attributes, rights) {
    const { user, namespace } = attributes;
    const book = bookOf(rights);
    return asked(grantedBy(book, user, attributes), () => refusalFor(rulesFor(book, user, namespace).errors));
  },
  onPath({ user, verb, path }, rights) {
    const book = bookOf(rights);
    return asked(pathGrantedBy(book, user, { verb, path }), () => refusalFor(rulesFor(book, user, "").errors));
  },
  rulesFor(user, namespace, rights) {
    const { rules, errors } = rulesFor(bookOf(rights), user, namespace);
    const plain = rules.map(({ rule }) => rule);
    return {
      resourceRules: plain
        .filter(({ resources }) => (resources ?? []).length > 0)
        .map(({ verbs, apiGroups, resources, resourceNames }) => ({ verbs, apiGroups, resources, resourceNames })),
      nonResourceRules: plain
        .filter(({ nonResourceURLs }) => (nonResourceURLs ?? []).length > 0)
        .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      incomplete: false,
      error: errorsText(errors),
    };
  },
};
