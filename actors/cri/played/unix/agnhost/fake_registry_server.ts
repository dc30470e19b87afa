import type { HttpHeader } from "../../../../network/http/http_message.ts";
import { headerOf } from "../../../../network/http/http_message.ts";
import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { readFile } from "./_files.ts";
import { answer, listenAndServe, log, problem, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

const folder = "/var/registry";
const allowed = `Basic ${btoa("user:password")}`;
const isRegistry: HttpHeader = ["Docker-Distribution-Api-Version", "registry/2.0"];

/** A registry of the images that are in a folder; with `--private`, for who knows its password. */
export const fakeRegistryServer: Subcommand = {
  name: "fake-registry-server",
  flags: { port: 5_000, private: false },
  *run(self, given) {
    const port = given.number("port");
    yield* log(self, `HTTP server starting to listen on :${port}`);
    yield* listenAndServe(self, port, function* (thread, request) {
      if (!request.url.pathname.startsWith("/v2/")) return problem(thread, "404 page not found", 404);
      if (given.isSet("private") && headerOf(request.headers, "authorization") !== allowed) {
        const headers: readonly HttpHeader[] = [["Www-Authenticate", 'Basic realm="Restricted"']];
        return answer(thread, "Unauthorized\n", { status: 401, headers });
      }
      const { headers, ...rest } = yield* serve(thread, request);
      return { ...rest, headers: [...headers, isRegistry] };
    });
    return yield* waitForEver();
  },
};

function* serve(self: Process, { url }: Request): Running<Response> {
  const notFound = problem(self, "404 page not found", 404);
  if (url.pathname === "/v2/") return answer(self, "");
  const [, , image = "", kind, which] = url.pathname.split("/");
  if (which === undefined || (kind !== "blobs" && kind !== "manifests")) return notFound;
  const path = `${folder}/${image}/${kind}/${which}`;
  const file = readFile(self, path);
  if (kind === "manifests" && !which.startsWith("sha256:")) {
    if (!("text" in file)) return notFound;
    const location = url.pathname.replace(which, file.text.trim()) + url.search;
    return answer(self, "", { status: 307, headers: [["Location", location]] });
  }
  if (kind === "blobs") yield* log(self, `Serving blob: ${path}`);
  if (!("text" in file)) return notFound;
  if (kind === "blobs") return answer(self, file.text, { headers: [["Content-Type", "application/octet-stream"]] });
  yield* log(self, `Serving manifest: ${path}`);
  const type = mediaTypeOf(file.text);
  return answer(self, file.text, type === undefined ? {} : { headers: [["Content-Type", type]] });
}

function mediaTypeOf(manifest: string): string | undefined {
  try {
    return (JSON.parse(manifest) as { readonly mediaType?: string } | null)?.mediaType;
  } catch {
    return undefined;
  }
}
