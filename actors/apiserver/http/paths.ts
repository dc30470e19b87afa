import { all } from "../../api/kinds/all.ts";
import { forbiddenStatus, notFoundPath, type Status } from "../../api/status.ts";
import { failed, type Ok, ok, type Result } from "../../kit/result.ts";
import { activeRemotes } from "../aggregation/remote_paths.ts";
import { judgePath, withReason } from "../authorization/_authorize.ts";
import type { Rights } from "../authorization/_rights.ts";
import type { User } from "../messages.ts";
import type { Server } from "../server.ts";
import { answerDiscovery } from "./answer_discovery.ts";
import { answerOpenApi } from "./answer_open_api.ts";
import { rootPaths } from "./discovery.ts";
import { type HealthState, healthAnswer } from "./health.ts";
import { type HttpResponse, plainText } from "./respond.ts";

/** A request for something that is no resource. */
export interface PathRequest {
  readonly user: User;
  readonly method: string;
  readonly path: string;
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  /** The health checks that do not count. */
  readonly exclude: readonly string[];
  readonly accept: string | undefined;
  /** The tags of what the client has already. */
  readonly ifNoneMatch: string | undefined;
  readonly state: HealthState;
}

const version = {
  major: "1",
  minor: "34",
  emulationMajor: "1",
  emulationMinor: "34",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "33",
  gitVersion: "v1.34.0",
  gitCommit: "f28b4c9efbca5c5c0af716d9f2d5702667ee8a45",
  gitTreeState: "clean",
  buildDate: "2025-08-27T10:09:04Z",
  goVersion: "go1.24.6",
  compiler: "gc",
  platform: "linux/amd64",
};

/** Answers discovery, OpenAPI, health and version. */
export function answerPath(server: Server, request: PathRequest): Result<HttpResponse, Status> {
  const { user, method, path, parts, query, exclude, state } = request;
  const [root = "", second] = parts;
  // How a server is, everybody may know, whatever else goes wrong; each check by itself is for those who may read it.
  const health = () => {
    const answer = healthAnswer(server, { parts, verbose: "verbose" in query, excluded: exclude, state });
    return answer && ok({ ...answer, ...plainText });
  };
  const whole = parts.length === 1 ? health() : undefined;
  if (whole) return whole;
  const forbidden = pathRefusal(server.rights, { user, method, path });
  if (forbidden) return failed(forbidden);
  if (method !== "GET" && method !== "HEAD") return failed(notFoundPath());
  const one = health();
  if (one) return one;
  switch (root) {
    case "":
      return raw(rootPaths(server.served.all, activeRemotes(server)));
    case "version":
      return second === undefined ? raw(version) : failed(notFoundPath());
    case "api":
    case "apis":
      return answerDiscovery(server, request);
    case "openapi":
      return second === undefined ? failed(notFoundPath()) : answerOpenApi(server, request);
    default:
      return failed(notFoundPath());
  }
}

const ownGroups: ReadonlySet<string> = new Set(all.map(({ group }) => group));
const ofMetrics = /(^|\.)metrics\.k8s\.io$/;

/**
 * Whether nothing of Kubernetes' own is below a path: custom resources are looked for below any other, and what is nowhere
 * to be found there is answered by Go's own text (until Kubernetes 1.36).
 */
export function isAstray([root, group]: readonly string[]): boolean {
  if (root === "api" || root === "version") return false;
  return root !== "apis" || (group !== undefined && !ownGroups.has(group) && !ofMetrics.test(group));
}

/** Refuses a path to somebody who may not ask for it so. */
export function pathRefusal(
  rights: Rights,
  { user, method, path }: Pick<PathRequest, "user" | "method" | "path">,
): Status | undefined {
  const verb = method.toLowerCase();
  const { decision, reason } = judgePath(rights, { user, verb, path });
  if (decision === "allow") return undefined;
  const text = `User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`;
  return forbiddenStatus({ group: "", resource: "" }, "", withReason(text, reason));
}

/** What is no object of the API is laid out for everybody. */
function raw(value: object): Ok<HttpResponse> {
  return ok({ code: 200, body: JSON.stringify(value, null, 2), isVerbatim: true });
}
