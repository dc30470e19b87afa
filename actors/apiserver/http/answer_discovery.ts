import type { Registry } from "../../api/registry.ts";
import { notFoundPath, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { activeRemotes } from "../aggregation/remote_paths.ts";
import type { Remote } from "../aggregation/remotes.ts";
import type { Server } from "../server.ts";
import { aggregatedDiscovery, apiGroupList, apiGroupOf, apiResourceList, apiVersions } from "./discovery.ts";
import { hashOf, withETag } from "./etag.ts";
import { isJson, parseAccept, representationOf } from "./negotiate.ts";
import type { PathRequest } from "./paths.ts";
import type { HttpResponse } from "./respond.ts";

/** A version of the aggregated form, and how it is asked for. */
type AggregatedVersion = "v2" | "v2beta1";

interface AggregatedTexts {
  readonly text: string;
  readonly hash: string;
}

/** Made once for all that a server serves at a time. */
const texts = new WeakMap<Registry, Map<string, AggregatedTexts>>();

interface Wanted {
  readonly root: string;
  readonly version: AggregatedVersion;
  readonly remotes: readonly Remote[];
}

function aggregatedText(served: Registry, { root, version, remotes }: Wanted): AggregatedTexts {
  const make = () => {
    const text = JSON.stringify(aggregatedDiscovery(served, { isCore: root === "api", version, remotes }));
    return { text, hash: hashOf(text) };
  };
  // What others say may be something else a moment later.
  if (remotes.length > 0) return make();
  const own = texts.get(served) ?? new Map<string, AggregatedTexts>();
  texts.set(served, own);
  const key = `${root} ${version}`;
  const known = own.get(key);
  if (known) return known;
  const made = make();
  own.set(key, made);
  return made;
}

/** Answers `/api`, `/apis` and what is below them but resources. */
export function answerDiscovery(
  server: Server,
  { parts, accept, ifNoneMatch }: Pick<PathRequest, "parts" | "accept" | "ifNoneMatch">,
): Result<HttpResponse, Status> {
  const [root = "", second, third] = parts;
  const served = server.served.all;
  const remotes = activeRemotes(server);
  const version = parts.length === 1 ? wantedVersion(accept) : undefined;
  if (version !== undefined) {
    const { text, hash } = aggregatedText(served, { root, version, remotes });
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return ok(withETag({ code: 200, body: text, contentType, isVerbatim: true }, hash, ifNoneMatch));
  }
  const offer = representationOf(accept, { query: {} });
  if (!offer.ok) return offer;
  if (parts.length === 1)
    return object(root === "api" ? apiVersions(served, server.input) : apiGroupList(served, remotes));
  const [group, groupVersion] = root === "api" ? ["", second] : [second, third];
  if (groupVersion === undefined) {
    const found = apiGroupOf(served, remotes, group ?? "");
    return found ? object(found) : failed(notFoundPath());
  }
  const found = served.groupVersions.find((each) => each.group === group && each.version === groupVersion);
  return found && parts.length === (root === "api" ? 2 : 3) ? object(apiResourceList(found)) : failed(notFoundPath());
}

function object(value: object): Result<HttpResponse, Status> {
  return ok({ code: 200, body: JSON.stringify(value) });
}

/** In which version the aggregated form is wanted; undefined where the old form is. */
function wantedVersion(accept: string | undefined): AggregatedVersion | undefined {
  for (const media of parseAccept(accept)) {
    if (!isJson(media)) continue;
    const { as, g, v } = media.parameters;
    if (as === undefined) return undefined;
    if (as !== "APIGroupDiscoveryList" || g !== "apidiscovery.k8s.io") continue;
    if (v === "v2" || v === "v2beta1") return v;
  }
  return undefined;
}
