import { plugin } from "../framework.ts";

/** Binds a pod by its `binding` subresource; the uid keeps a new pod of the same name from being bound by mistake. */
export const defaultBinder = plugin({
  name: "DefaultBinder",
  order: 130,
  bind: ({ namespace, name, uid }, node) => ({
    verb: "create",
    group: "",
    version: "v1",
    resource: "pods",
    subresource: "binding",
    namespace,
    name,
    body: JSON.stringify({
      apiVersion: "v1",
      kind: "Binding",
      metadata: { namespace, name, uid },
      target: { apiVersion: "v1", kind: "Node", name: node },
    }),
  }),
});
