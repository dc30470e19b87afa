import type { Authorizing, Value } from "../../../api/cel/values.ts";
import { present } from "../../../kit/present.ts";
import { judgePath, judgeResource } from "../../authorization/_authorize.ts";
import type { User } from "../../messages.ts";
import type { Admitting } from "../_plugin.ts";

/** What expressions have for asking who may do what: who sends the request, unless they name an account. */
export function authorizerFor({ server, call }: Admitting): Value {
  const { request, kind, namespace, name } = call;
  const own = {
    group: kind.group,
    resource: kind.plural,
    namespace,
    name,
    ...present({ subresource: request.subresource }),
  };
  const judge: Authorizing["judge"] = (asked) => {
    const user = asked.accountName === undefined ? call.user : accountOf(asked);
    const { verb = "", path, group = "", resource = "", subresource = "" } = asked;
    const { decision, reason } =
      path !== undefined
        ? judgePath(server.rights, { user, verb, path })
        : judgeResource(server.rights, {
            ...{ user, verb, group, resource: subresource === "" ? resource : `${resource}/${subresource}` },
            ...{ namespace: asked.namespace ?? "", name: asked.name ?? "" },
            ...present({ fieldSelector: asked.fieldSelector }),
          });
    return { allowed: decision === "allow", reason };
  };
  return { tag: "authorizer", authorizer: { asked: {}, judge, request: own } };
}

function accountOf({ accountNamespace = "", accountName = "" }: Readonly<Record<string, string>>): User {
  return {
    name: `system:serviceaccount:${accountNamespace}:${accountName}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${accountNamespace}`, "system:authenticated"],
  };
}
