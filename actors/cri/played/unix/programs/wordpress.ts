import { answer, formValue, listenAndServe, waitForEver } from "../agnhost/_go.ts";
import { hasFailed } from "../files/errno.ts";
import { writeTo } from "../kernel/io.ts";
import type { Process, Program, Running } from "../kernel/process.ts";
import { connect, isSession, type Session } from "../mysql/client.ts";
import { quoted, textAt, writeText } from "../mysql/ledger.ts";
import { formatDate } from "./_dates.ts";
import type { Request, Response } from "./_serve_http.ts";

const root = "/var/www/html";
const server = "Apache/2.4.65 (Debian)";

/** WordPress behind Apache, as far as its install and its first page go: what it has is in its database. */
export const wordpress: Program = {
  names: ["apache2-foreground"],
  *run(self) {
    for (const signal of ["TERM", "INT", "WINCH"] as const) self.handlers.set(signal, "exit");
    const say = (text: string) => writeTo(self, self.files.get(2), `${text}\n`);
    if (hasFailed(self.kernel.host.tree.find(`${root}/wp-config.php`))) {
      yield* say(`WordPress not found in ${root} - copying now...`);
      self.kernel.host.tree.makeFolders(`${root}/wp-content/uploads`);
      for (const name of ["index.php", "wp-login.php", "wp-config.php"])
        writeText(self, `${root}/${name}`, "<?php // played by kubetroupe\n");
      yield* say(`Complete! WordPress has been successfully copied to ${root}`);
    }
    yield* listenAndServe(self, 80, serve);
    const time = formatDate(new Date(self.kernel.host.wallMs()), "%a %b %d %H:%M:%S %Y");
    yield* say(
      `[${time}] [mpm_prefork:notice] [pid ${self.pid}] AH00163: ${server} configured -- resuming normal operations`,
    );
    yield* say(`[${time}] [core:notice] [pid ${self.pid}] AH00094: Command line: 'apache2 -D FOREGROUND'`);
    return yield* waitForEver();
  },
};

function* serve(self: Process, request: Request): Running<Response> {
  const response = yield* respond(self, request);
  const { method, target, headers, connection } = request;
  const header = (name: string) => headers.find(([each]) => each.toLowerCase() === name)?.[1] ?? "-";
  const time = formatDate(new Date(self.kernel.host.wallMs()), "%d/%b/%Y:%H:%M:%S");
  const { status, body = "" } = response;
  const line = `${connection.remote.ip} - - [${time} +0000] "${method} ${target} HTTP/1.1" ${status} ${body.length}`;
  yield* writeTo(self, self.files.get(1), `${line} "${header("referer")}" "${header("user-agent")}"\n`);
  return response;
}

function* respond(self: Process, request: Request): Running<Response> {
  const { pathname } = request.url;
  const isKnown = /^\/(index\.php|wp-login\.php|wp-admin\/?(install\.php|index\.php)?)?$/.test(pathname);
  if (!isKnown) return page(self, { title: "Page not found", text: "The page can&#8217;t be found.", status: 404 });
  const met = yield* database(self);
  if (!isSession(met)) {
    const text = "<h1>Error establishing a database connection</h1>";
    return page(self, { title: "Database Error", text, status: 500 });
  }
  const options = `${self.env.get("WORDPRESS_TABLE_PREFIX") ?? "wp_"}options`;
  const blog = yield* blogName(met, options);
  if (pathname === "/wp-admin/install.php") return yield* install(self, { request, session: met, options, blog });
  if (blog === undefined) return moved(self, request, "/wp-admin/install.php");
  if (pathname.startsWith("/wp-admin")) return moved(self, request, "/wp-login.php");
  if (pathname === "/wp-login.php") {
    const form = '<form id="loginform" method="post"><input name="log"><input name="pwd" type="password"></form>';
    return page(self, { title: `Log In &lsaquo; ${blog} &#8212; WordPress`, text: form });
  }
  return page(self, { title: blog, text: `<h1>${blog}</h1><h2>Hello world!</h2><p>Welcome to WordPress.</p>` });
}

interface Page {
  readonly title: string;
  readonly text: string;
  readonly status?: number;
}

function page(self: Process, { title, text, status = 200 }: Page): Response {
  const note = "<p>Played by kubetroupe: no PHP runs here.</p>";
  const html = `<!DOCTYPE html>\n<html lang="en-US">\n<head><title>${title}</title></head>\n<body>${text}\n${note}</body>\n</html>\n`;
  return answer(self, html, { status, headers: head });
}

const head = [
  ["Server", server],
  ["Content-Type", "text/html; charset=UTF-8"],
] as const;

function moved(self: Process, { headers, url }: Request, path: string): Response {
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? url.host;
  return answer(self, "", {
    status: 302,
    headers: [...head, ["X-Redirect-By", "WordPress"], ["Location", `http://${host}${path}`]],
  });
}

function settingOf(self: Process, name: string, otherwise: string): string {
  const file = self.env.get(`WORDPRESS_${name}_FILE`);
  return self.env.get(`WORDPRESS_${name}`) ?? (file === undefined ? otherwise : textAt(self, file).trim());
}

function database(self: Process) {
  const [host = "", port = "3306"] = settingOf(self, "DB_HOST", "mysql").split(":");
  return connect(self, {
    ...{ host, port: Number(port), database: settingOf(self, "DB_NAME", "wordpress") },
    user: settingOf(self, "DB_USER", "example username"),
    password: settingOf(self, "DB_PASSWORD", "example password"),
    waitMs: 10_000,
  });
}

/** What the site is called; undefined: nobody has installed it. */
function* blogName(session: Session, options: string): Running<string | undefined> {
  const [outcome] = yield* session.query(`SELECT option_value FROM ${options} WHERE option_name = 'blogname'`);
  return outcome?.sort === "rows" ? (outcome.rows[0]?.[0] ?? undefined) : undefined;
}

interface Installing {
  readonly request: Request;
  readonly session: Session;
  readonly options: string;
  readonly blog: string | undefined;
}

function* install(self: Process, { request, session, options, blog }: Installing): Running<Response> {
  const title = "WordPress &rsaquo; Installation";
  if (blog !== undefined) {
    return page(self, {
      title,
      text: "<h1>Already Installed</h1><p>You appear to have already installed WordPress.</p>",
    });
  }
  const name = request.method === "POST" ? formValue(request, "weblog_title") : "";
  if (name === "") {
    const fields = ["weblog_title", "user_name", "admin_password", "admin_email"].map(
      (each) => `<input name="${each}">`,
    );
    const text = `<h1>Welcome</h1><form id="setup" method="post" action="install.php?step=2">${fields.join("")}</form>`;
    return page(self, { title, text });
  }
  const shown = name.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
  const columns = "option_id bigint AUTO_INCREMENT PRIMARY KEY, option_name varchar(191) UNIQUE, option_value longtext";
  yield* session.query(`CREATE TABLE IF NOT EXISTS ${options} (${columns})`);
  const inserted = yield* session.query(
    `INSERT INTO ${options} (option_name, option_value) VALUES ('blogname', ${quoted(shown)})`,
  );
  const isIn = inserted[0]?.sort === "done";
  return page(self, { title, text: isIn ? "<h1>Success!</h1><p>WordPress has been installed.</p>" : "<h1>Error</h1>" });
}
