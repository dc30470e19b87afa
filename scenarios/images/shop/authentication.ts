import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";
import { readDocument, writeDocuments } from "./_documents.ts";
import { jsonOf, requireText } from "./_input.ts";
import { refuse } from "./_refusal.ts";
import { report } from "./_report.ts";
import { service } from "./_service.ts";

interface Session {
  readonly user: string;
  readonly untilMs: number;
}

const sessionMs = 12 * 60 * 60 * 1_000;

/** `USERS` names them: `ada:lovelace grace:hopper`. */
function passwordOf({ vars }: ImageEnv, user: string): string | undefined {
  for (const pair of (vars.USERS ?? "").split(/\s+/)) {
    const colon = pair.indexOf(":");
    if (colon > 0 && pair.slice(0, colon) === user) return pair.slice(colon + 1);
  }
  return undefined;
}

/** By their digests: how long it takes tells nothing of how much of a password is right. */
async function isSame(a: string, b: string): Promise<boolean> {
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [left, right] = (await Promise.all([digest(a), digest(b)])).map((bytes) => new Uint8Array(bytes));
  return left?.every((byte, at) => byte === right?.[at]) === true;
}

/** Says who somebody is: gives out a token for a password, and the user of a token. */
export default service({
  name: "authentication",
  needs: ["store"],
  routes: {
    "POST /sessions": async ({ request, env }) => {
      const body = await jsonOf(request);
      const user = requireText(body.user, "user");
      const password = requireText(body.password, "password");
      const expected = passwordOf(env, user);
      if (expected === undefined || !(await isSame(password, expected))) refuse(401, "User or password is wrong");
      const token = crypto.randomUUID();
      const session: Session = { user, untilMs: Date.now() + sessionMs };
      await writeDocuments(env, [{ key: `session/${token}`, version: 0, value: session }]);
      await report(env, "authentication", `${user} has logged in`);
      return Response.json({ token, ...session }, { status: 201 });
    },
    "GET /sessions/:token": async ({ params: { token = "" }, env }) => {
      const { version, value } = await readDocument<Session>(env, `session/${token}`);
      if (value === undefined) return refuse(404, "There is no such session");
      if (value.untilMs > Date.now()) return value;
      await writeDocuments(env, [{ key: `session/${token}`, version }]);
      return refuse(404, "The session is over");
    },
    "DELETE /sessions/:token": async ({ params: { token = "" }, env }) => {
      const { version } = await readDocument<Session>(env, `session/${token}`);
      if (version > 0) await writeDocuments(env, [{ key: `session/${token}`, version }]);
      return {};
    },
  },
});
