import { hasFailed } from "../files/errno.ts";
import type { FileTree } from "../files/file_tree.ts";
import { resolvePath } from "../files/paths.ts";
import { keepFile, listenAt } from "../kernel/connection.ts";
import { writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { contentType } from "../nginx/content_types.ts";
import { formatDate } from "./_dates.ts";
import { acceptAll, converse, type Handler, type Response } from "./_serve_http.ts";

/** What a server shows, and as whom. */
interface Server {
  readonly root: string;
  readonly port: number;
  /** `Apache/2.4.65 (Unix)`; undefined: busybox's, which tells nobody. */
  readonly name: string | undefined;
}

const apacheRoot = "/usr/local/apache2/htdocs";
const apacheConf = "/usr/local/apache2/conf/httpd.conf";

/** Apache's web server, or busybox's where the image is none of Apache's: it serves the files of a folder. */
export const httpd: Program = {
  names: ["httpd", "httpd-foreground"],
  *run(self) {
    const version = self.env.get("HTTPD_VERSION");
    const words = self.argv.slice(1);
    if (version === undefined) return yield* runBusybox(self, words);
    const name = `Apache/${version} (Unix)`;
    if (words.some((word) => /^-[vV]$/.test(word))) {
      yield* say(self, 1, `Server version: ${name}\n`);
      return 0;
    }
    const { port, root } = apacheSettings(self.kernel.host.tree);
    if (words.some((word) => /^-t$/.test(word))) {
      yield* say(self, 2, "Syntax OK\n");
      return 0;
    }
    return yield* serve(self, { port, root, name });
  },
};

function* say(self: Process, descriptor: 1 | 2, text: string): Running<void> {
  yield* writeTo(self, self.files.get(descriptor), text);
}

function apacheSettings(tree: FileTree): { readonly port: number; readonly root: string } {
  const node = tree.find(apacheConf);
  const text = !hasFailed(node) && node.kind === "file" ? node.bytes : "";
  const port = /^\s*Listen\s+(?:\S*:)?(\d+)/m.exec(text)?.[1];
  const root = /^\s*DocumentRoot\s+"?([^"\n]+?)"?\s*$/m.exec(text)?.[1];
  return { port: Number(port ?? 80), root: root ?? apacheRoot };
}

function* runBusybox(self: Process, words: readonly string[]): Running {
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const [, letter = "", inline = ""] = /^-(\w)(.*)$/.exec(words[at] ?? "") ?? [];
    if ("phcur".includes(letter) && letter !== "") given.set(letter, inline || (words[++at] ?? ""));
    else for (const each of `${letter}${inline}`) given.set(each, "");
  }
  const port = Number((given.get("p") ?? "80").replace(/^.*:/, ""));
  const server: Server = { port, root: resolvePath(self.folder, given.get("h") ?? "."), name: undefined };
  if (given.has("f")) return yield* serve(self, server);
  const { argv, env, folder, user, kernel } = self;
  const files = new Map([...self.files].filter(([descriptor]) => descriptor < 3));
  kernel.spawn({ parent: kernel.first, argv, env, folder, user, files, run: (me) => serve(me, server) });
  return 0;
}

function* serve(self: Process, server: Server): Running {
  const listener = listenAt(self, server.port);
  if (!listener) {
    const text = server.name
      ? `(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:${server.port}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`
      : "httpd: bind: Address already in use\n";
    yield* say(self, 2, text);
    return 1;
  }
  keepFile(self, listener);
  const { name } = server;
  if (name) {
    const own = `using ${self.kernel.host.network.ip}. Set the 'ServerName' directive globally to suppress this message`;
    yield* say(
      self,
      2,
      `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, ${own}\n`,
    );
    yield* note(self, `AH00489: ${name} configured -- resuming normal operations`);
    yield* note(self, "AH00094: Command line: 'httpd -D FOREGROUND'");
  }
  for (const signal of ["TERM", "INT", "WINCH", "HUP", "USR1"] as const) self.handlers.set(signal, "catch");
  for (;;) {
    const signal = self.pending.shift();
    if (signal === "TERM" || signal === "INT" || (signal === "WINCH" && name)) {
      const words =
        signal === "WINCH"
          ? "AH00492: caught SIGWINCH, shutting down gracefully"
          : "AH00491: caught SIGTERM, shutting down";
      if (name) yield* note(self, words);
      return signal === "TERM" && !name ? 143 : 0;
    }
    if (
      signal === undefined &&
      !acceptAll(self, listener, (thread, connection) => converse(thread, connection, handlerOf(server)))
    )
      yield { on: listener.readable ? [listener.readable] : [] };
  }
}

function* note(self: Process, text: string): Running<void> {
  const time = formatDate(new Date(self.kernel.host.wallMs()), "%a %b %d %H:%M:%S.%N %Y").replace(
    /(\.\d{6})\d{3}/,
    "$1",
  );
  yield* say(self, 2, `[${time}] [mpm_event:notice] [pid ${self.pid}:tid ${self.pid}] ${text}\n`);
}

function handlerOf(server: Server): Handler {
  return function* handle(self, request) {
    const response = answer(self, server, { method: request.method, path: decoded(request.url.pathname) });
    if (server.name) {
      const time = formatDate(new Date(self.kernel.host.wallMs()), "%d/%b/%Y:%H:%M:%S +0000");
      const size = response.body?.length || "-";
      yield* say(
        self,
        1,
        `${request.connection.remote.ip} - - [${time}] "${request.method} ${request.target} HTTP/1.1" ${response.status} ${size}\n`,
      );
    }
    return response;
  };
}

function decoded(path: string): string {
  try {
    return Buffer.from(decodeURIComponent(path), "utf8").toString("latin1");
  } catch {
    return path;
  }
}

function answer(
  self: Process,
  { root, name }: Server,
  { method, path }: { readonly method: string; readonly path: string },
): Response {
  const { tree, wallMs } = self.kernel.host;
  const usual: [string, string][] = [
    ["Date", new Date(wallMs()).toUTCString()],
    ...(name ? [["Server", name] as [string, string]] : []),
  ];
  const page = (status: number, title: string, text: string): Response => {
    const body = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`;
    return { status, body, headers: [...usual, ["Content-Type", "text/html; charset=iso-8859-1"]] };
  };
  if (method !== "GET" && method !== "HEAD")
    return page(405, "Method Not Allowed", `The requested method ${method} is not allowed for this URL.`);
  const full = resolvePath("/", `${root}${path}`);
  const node = tree.find(full);
  if (hasFailed(node)) return page(404, "Not Found", "The requested URL was not found on this server.");
  if (node.kind === "folder") {
    const index = tree.find(resolvePath(full, "index.html"));
    if (!hasFailed(index) && index.kind === "file")
      return { status: 200, body: index.bytes, headers: [...usual, ["Content-Type", "text/html"]] };
    if (!path.endsWith("/"))
      return {
        ...page(301, "Moved Permanently", "The document has moved."),
        headers: [...usual, ["Location", `${path}/`]],
      };
    return name
      ? page(403, "Forbidden", "You don't have permission to access this resource.")
      : page(404, "Not Found", "The requested URL was not found");
  }
  if (node.kind !== "file") return page(403, "Forbidden", "You don't have permission to access this resource.");
  const headers: [string, string][] = [
    ...usual,
    ["Last-Modified", new Date(node.modifiedMs).toUTCString()],
    ["Content-Type", contentType(full, name ? "text/plain" : "application/octet-stream")],
  ];
  return { status: 200, body: node.bytes, headers };
}
