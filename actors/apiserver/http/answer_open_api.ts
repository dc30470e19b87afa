import { notAcceptable, notFoundPath, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { activeRemotes } from "../aggregation/remote_paths.ts";
import type { Server } from "../server.ts";
import { hashOf, withETag } from "./etag.ts";
import { isJson, parseAccept } from "./negotiate.ts";
import {
  isOpenApiProtobuf,
  openApiPath,
  openApiProtobufType,
  openApiV2Protobuf,
  openApiV2Text,
  openApiV3Hash,
  openApiV3Index,
  openApiV3Text,
} from "./open_api.ts";
import type { PathRequest } from "./paths.ts";
import type { HttpResponse } from "./respond.ts";

/** Whoever has asked for a document by its hash never has to ask again. */
const foreverHeaders = { "Cache-Control": "public, immutable" };

/**
 * Answers `/openapi/v2`, `/openapi/v3` and the documents below it.
 *
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
 */
export function answerOpenApi(server: Server, request: PathRequest): Result<HttpResponse, Status> {
  const { parts, accept, ifNoneMatch, query } = request;
  const [, edition] = parts;
  const served = server.served.all;
  const media = parseAccept(accept).find((each) => isJson(each) || isOpenApiProtobuf(each));
  if (media && !isJson(media) && edition === "v2" && parts.length === 2) {
    const body = openApiV2Protobuf(served);
    const response = { code: 200, body, contentType: openApiProtobufType, isVerbatim: true, isBinary: true };
    return ok(withETag(response, hashOf(body), ifNoneMatch));
  }
  if (!parseAccept(accept).some(isJson)) return failed(notAcceptable(["application/json"]));
  if (edition === "v2" && parts.length === 2) return tagged(openApiV2Text(served), ifNoneMatch);
  if (edition !== "v3") return failed(notFoundPath());
  if (parts.length === 2) return tagged(JSON.stringify(openApiV3Index(served, activeRemotes(server))), ifNoneMatch);
  const path = parts.slice(2).join("/");
  const found = served.groupVersions.find((each) => openApiPath(each) === path);
  if (!found) return failed(notFoundPath());
  const hash = openApiV3Hash(found);
  const asked = query.hash ?? "";
  if (asked !== "" && asked !== hash) {
    const headers = { Location: `/openapi/v3/${path}?hash=${hash}` };
    return ok({ code: 301, body: "", isVerbatim: true, headers });
  }
  const headers = asked === "" ? {} : foreverHeaders;
  return ok(withETag({ code: 200, body: openApiV3Text(found), isVerbatim: true, headers }, hash, ifNoneMatch));
}

function tagged(body: string, ifNoneMatch: string | undefined): Result<HttpResponse, Status> {
  return ok(withETag({ code: 200, body, isVerbatim: true }, hashOf(body), ifNoneMatch));
}
