import type { Ingress } from "../../../../network/ingress/objects.ts";
import { answer, problem } from "../agnhost/_go.ts";
import type { Process } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { type Controller, ownOf } from "./controller.ts";

interface Review {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly request?: { readonly uid?: string; readonly object?: Ingress | null };
}

/** Judges Ingresses before they are stored: a path of a host is one Ingress's. */
export function review(self: Process, controller: Controller, { body }: Request): Response {
  let asked: Review;
  try {
    asked = JSON.parse(body) as Review;
  } catch {
    return problem(self, "couldn't get version/kind; json parse error", 400);
  }
  const { apiVersion, kind, request } = asked;
  const taken = request?.object ? takenPath(controller, request.object) : undefined;
  const verdict = taken === undefined ? {} : { status: { message: taken, code: 400, reason: "BadRequest" } };
  const response = { uid: request?.uid, allowed: taken === undefined, ...verdict };
  return answer(self, JSON.stringify({ apiVersion, kind, response }), {
    headers: [["Content-Type", "application/json"]],
  });
}

/** Whose a path is already that an Ingress wants; undefined: nobody's. */
function takenPath(controller: Controller, wanted: Ingress): string | undefined {
  if (ownOf({ ...controller, ingresses: [wanted] }).length === 0) return undefined;
  const pathsOf = ({ spec }: Ingress) =>
    (spec?.rules ?? []).flatMap(({ host = "", http }) =>
      (http?.paths ?? []).map(({ path = "/", pathType = "" }) => ({ host, path, pathType })),
    );
  const others = controller.own.filter(
    ({ metadata: { name, namespace } }) => name !== wanted.metadata.name || namespace !== wanted.metadata.namespace,
  );
  for (const { host, path } of pathsOf(wanted)) {
    const owner = others.find((each) => pathsOf(each).some((one) => one.host === host && one.path === path));
    if (!owner) continue;
    const { namespace, name } = owner.metadata;
    return `host "${host === "" ? "_" : host}" and path "${path}" is already defined in ingress ${namespace}/${name}`;
  }
  return undefined;
}
