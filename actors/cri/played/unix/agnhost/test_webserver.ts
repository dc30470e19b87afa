import { hasFailed } from "../files/errno.ts";
import { resolvePath } from "../files/paths.ts";
import type { Process } from "../kernel/process.ts";
import { contentType } from "../nginx/content_types.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, listenAndServe, problem, unescapedBytes, waitForEver } from "./_go.ts";
import type { Subcommand } from "./_subcommand.ts";

/** Serves all files that there are. */
export const testWebserver: Subcommand = {
  name: "test-webserver",
  flags: { port: 80 },
  *run(self, given) {
    yield* listenAndServe(self, given.number("port"), serveFile);
    return yield* waitForEver();
  },
};

const usual = [
  ["Access-Control-Allow-Credentials", "true"],
  ["Access-Control-Allow-Methods", "GET, POST, OPTIONS"],
  ["Access-Control-Allow-Origin", "*"],
  ["Cache-Control", "private"],
] as const;

function serveFile(self: Process, { url }: Request): Response {
  // Names are bytes, whatever they are written in.
  const path = resolvePath("/", unescapedBytes(url.pathname));
  const { tree } = self.kernel.host;
  const node = tree.find(path);
  if (hasFailed(node) || node.kind === "special") return problem(self, "404 page not found", 404);
  if (node.kind === "folder") {
    if (!url.pathname.endsWith("/")) {
      return answer(self, "", { status: 301, headers: [["Location", `${url.pathname.split("/").at(-1)}/`], ...usual] });
    }
    const index = tree.find(resolvePath(path, "index.html"));
    if (!hasFailed(index) && index.kind === "file") return file(self, index.bytes, "index.html");
    const names = [...node.entries].map(([name, { kind }]) => (kind === "folder" ? `${name}/` : name)).sort();
    const links = names.map((name) => `<a href="${name}">${name}</a>\n`).join("");
    const body = `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links}</pre>\n`;
    return answer(self, body, { headers: [["Content-Type", "text/html; charset=utf-8"], ...usual] });
  }
  return file(self, node.kind === "file" ? node.bytes : "", path);
}

function file(self: Process, bytes: string, path: string): Response {
  const type = contentType(path, "text/plain");
  const shown = type.startsWith("text/") ? `${type}; charset=utf-8` : type;
  return answer(self, bytes, { headers: [["Accept-Ranges", "bytes"], ["Content-Type", shown], ...usual] });
}
