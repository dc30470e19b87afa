import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, goJson, log } from "./_go.ts";

/** Keeps the file that a form brings. */
export function* upload(self: Process, { headers, body }: Request): Running<Response> {
  yield* log(self, "GET /upload");
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  const part =
    boundary === undefined ? undefined : body.split(`--${boundary}`).find((each) => /name="file"/i.test(each));
  const content = part === undefined ? undefined : /\r\n\r\n([\s\S]*)\r\n$/.exec(part)?.[1];
  if (content === undefined) {
    yield* log(self, "Unable to upload file: http: no such file");
    return answer(self, goJson({ error: "Unable to upload file." }));
  }
  const { tree, random } = self.kernel.host;
  const path = `/uploads/upload${random.int(1_000_000_000)}`;
  const node = tree.fileToWrite(path, true);
  if (!("kind" in node) || node.kind !== "file" || tree.setBytes(node, content)) {
    yield* log(self, `Unable to open file for write: open ${path}: no such file or directory`);
    return answer(self, goJson({ error: "Unable to open file for write" }));
  }
  node.mode = 0o700;
  yield* log(self, `Wrote upload to ${path}`);
  return answer(self, goJson({ output: path }), { status: 201 });
}
