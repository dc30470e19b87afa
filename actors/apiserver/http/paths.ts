import type { Registry } from "../../api/registry.ts";
import { forbiddenStatus, notAcceptable, notFoundPath, type Status } from "../../api/status.ts";
import { failed, type Ok, ok, type Result } from "../../kit/result.ts";
import { isPathAllowed } from "../authorization/_authorize.ts";
import type { User } from "../messages.ts";
import type { Server } from "../server.ts";
import { answerDiscovery } from "./answer_discovery.ts";
import { rootPaths } from "./discovery.ts";
import { type HealthState, healthAnswer } from "./health.ts";
import { isJson, parseAccept } from "./negotiate.ts";
import {
  isOpenApiProtobuf,
  openApiPath,
  openApiProtobufType,
  openApiV2Protobuf,
  openApiV2Text,
  openApiV3Index,
  openApiV3Text,
} from "./open_api.ts";
import type { HttpResponse } from "./respond.ts";

/** A request for something that is no resource. */
export interface PathRequest {
  readonly user: User;
  readonly method: string;
  readonly path: string;
  readonly parts: readonly string[];
  readonly query: Readonly<Record<string, string>>;
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
  const { user, method, path, parts, query, state } = request;
  const [root = "", second] = parts;
  const health = parts.length === 1 ? healthAnswer(server, root, { verbose: "verbose" in query, state }) : undefined;
  if (health) return ok({ ...health, contentType: "text/plain; charset=utf-8", isVerbatim: true });
  if (!isPathAllowed({ user, verb: method.toLowerCase(), path })) return failed(pathForbidden(user, method, path));
  if (method !== "GET" && method !== "HEAD") return failed(notFoundPath());
  switch (root) {
    case "":
      return raw(rootPaths(server.served.all));
    case "version":
      return raw(version);
    case "api":
    case "apis":
      return answerDiscovery(server.served.all, request);
    case "openapi":
      return second === undefined ? failed(notFoundPath()) : answerOpenApi(server.served.all, request);
    default:
      return failed(notFoundPath());
  }
}

/** Refuses a path to somebody who may not read it. */
export function pathForbidden(user: User, method: string, path: string): Status {
  const verb = method === "HEAD" ? "head" : method === "GET" ? "get" : method.toLowerCase();
  return forbiddenStatus({ group: "", resource: "" }, "", `User "${user.name}" cannot ${verb} path "${path}"`);
}

/** What is no object of the API is laid out for everybody. */
function raw(value: object): Ok<HttpResponse> {
  return ok({ code: 200, body: JSON.stringify(value, null, 2), isVerbatim: true });
}

function json(value: object, contentType?: string): Ok<HttpResponse> {
  return ok({ code: 200, body: JSON.stringify(value), ...(contentType ? { contentType } : {}) });
}

function answerOpenApi(served: Registry, { parts, accept }: PathRequest): Result<HttpResponse, Status> {
  const media = parseAccept(accept).find((each) => isJson(each) || isOpenApiProtobuf(each));
  if (media && !isJson(media) && parts[1] === "v2" && parts.length === 2) {
    return ok({ code: 200, body: openApiV2Protobuf(served), contentType: openApiProtobufType, isVerbatim: true });
  }
  if (!parseAccept(accept).some(isJson)) return failed(notAcceptable(["application/json"]));
  if (parts[1] === "v2" && parts.length === 2) return ok({ code: 200, body: openApiV2Text(served), isVerbatim: true });
  if (parts[1] !== "v3") return failed(notFoundPath());
  if (parts.length === 2) return json(openApiV3Index(served));
  const path = parts.slice(2).join("/");
  const found = served.groupVersions.find((each) => openApiPath(each) === path);
  return found ? ok({ code: 200, body: openApiV3Text(found), isVerbatim: true }) : failed(notFoundPath());
}
