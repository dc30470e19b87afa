import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pod } from "../../actors/api/types.ts";
import { present } from "../../actors/kit/present.ts";
import { assert, scenario } from "../../properties/house/test.ts";
import { captureLine } from "../../properties/stages/cli/capture_line.ts";
import { buildImage } from "../registry/build_image.ts";
import { imageLayout } from "../registry/image_layout.ts";
import { createCluster } from "./create_cluster.ts";

const hello = (word: string) => `
export default { start: (env) => env.log(${JSON.stringify(word)}), fetch: () => new Response("hello") };`;

scenario(
  "images are built and pushed to a cluster's registry, and its pods pull them with the Secrets that they name",
  {},
  async (context) => {
    const folder = await context.folder();
    const at = (...path: readonly string[]) => join(folder, ...path);
    await writeFile(at("users"), "joe:secret\n");
    await writeFile(at("hello.ts"), hello("first"));
    await mkdir(at("root", "etc"), { recursive: true });
    await writeFile(at("root", "etc", "motd"), "welcome\n");
    await mkdir(at("root", "bin"));
    await writeFile(at("root", "bin", "server"), "\x7fELF\x02", { mode: 0o755 });
    await writeFile(at("root", "say.sh"), '#!/bin/sh\necho "$WHO in $(pwd) as $(id -u)"; cat motd; exec sleep 1000\n', {
      mode: 0o755,
    });
    const settings = { Cmd: ["/bin/server"], Env: ["WHO=layers"], WorkingDir: "/etc", User: "1234" };
    await writeFile(at("root", "image.json"), JSON.stringify(settings));
    const topology = { nodes: 1, stores: 1, apiservers: 1, modules: true } as const;
    const cluster = context.use(
      await createCluster({ host: "pool", topology, registryPort: 0, registryUsers: at("users") }),
    );
    const registry = `127.0.0.1:${cluster.registry?.port}`;
    const layout = ["--layout", at("layout")];
    const image = async (...words: readonly string[]) => {
      const { code, stdout, stderr } = await captureLine("image", ...words, ...layout);
      return { code, text: `${stdout}${stderr}`.replaceAll(registry, "REGISTRY") };
    };
    const push = (name: string) => image("push", name, "--user", "joe:secret");
    const name = `${registry}/team/hello:1`;
    assert.match(
      (await image("build", at("hello.ts"), "-t", name)).text,
      /^Built REGISTRY\/team\/hello:1, a module: sha256:/,
    );
    assert.match(
      (await image("push", name)).text,
      /the registry answers 401 .*UNAUTHORIZED.*, give --user name:password/s,
    );
    const pushed = await push(name);
    assert.match(pushed.text, /Pushed REGISTRY\/team\/hello:1: sha256:[0-9a-f]{64}/);
    const [, digest = ""] = /(sha256:[0-9a-f]{64})/.exec(pushed.text) ?? [];
    assert.match((await push(name)).text, /there already/);
    assert.match(
      (await image("build", at("root"), "-t", `${registry}/root`)).text,
      /root:latest, a file system of one layer/,
    );
    assert.equal((await push(`${registry}/root`)).code, 0);
    assert.match(
      (await image("list", registry, "--user", "joe:secret")).text,
      /REGISTRY\/root:latest +[0-9a-f]{12}\nREGISTRY\/team\/hello:1/,
    );

    const { api } = cluster;
    const pods = { namespace: "default", resource: "pods" } as const;
    const login = { auths: { [registry]: { username: "joe", password: "secret" } } };
    const body = {
      ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "reg" }, type: "kubernetes.io/dockerconfigjson" },
      stringData: { ".dockerconfigjson": JSON.stringify(login) },
    };
    assert.equal((await api({ verb: "create", namespace: "default", resource: "secrets", body })).code, 201);
    const run = async (
      pod: string,
      of: string,
      more: { secrets?: readonly string[]; policy?: string; command?: readonly string[] } = {},
    ) => {
      const { secrets = ["reg"], policy: imagePullPolicy, command } = more;
      const containers = [{ name: "c", image: of, ...present({ imagePullPolicy, command }) }];
      const spec = { containers, imagePullSecrets: secrets.map((each) => ({ name: each })) };
      const created = await api({
        verb: "create",
        ...pods,
        body: { apiVersion: "v1", kind: "Pod", metadata: { name: pod }, spec },
      });
      assert.equal(created.code, 201);
    };
    /** How a pod's container is, once somebody has said so. */
    const state = async (pod: string, wanted: RegExp): Promise<string> => {
      for (let tries = 0; ; tries++) {
        const { status } = (await api<Pod>({ verb: "get", ...pods, name: pod })).body;
        const [found] = status.containerStatuses ?? [];
        const text = `${found?.state?.waiting?.reason ?? status.phase} ${found?.imageID} ${found?.state?.waiting?.message ?? ""}`;
        if (wanted.test(text)) return text.replaceAll(registry, "REGISTRY");
        assert.ok(tries < 300, `${pod}: ${text}`);
        await cluster.wait(50);
      }
    };
    await run("never", name, { policy: "Never" });
    await state("never", /^ErrImageNeverPull/);
    await run("hello", name, { secrets: ["gone", "reg"] });
    assert.equal(await state("hello", /^Running/), `Running REGISTRY/team/hello@${digest} `);
    await run("stranger", name, { secrets: [], policy: "Always" });
    assert.match(
      await state("stranger", /401/),
      /^\w+ .*pulling from host REGISTRY failed with status code \[manifests 1\]: 401 Unauthorized/,
    );
    await run("missing", `${registry}/team/hello:2`);
    assert.match(
      await state("missing", /not found/),
      /code = NotFound desc = failed to pull .*REGISTRY\/team\/hello:2: not found/,
    );
    await run("layers", `${registry}/root`);
    await state("layers", /exec: "\/bin\/server": it is a binary, which only a real runtime can run/);
    await run("script", `${registry}/root`, { command: ["/say.sh"] });
    await state("script", /^Running/);
    const log = await api<string>({ verb: "get", ...pods, name: "script", subresource: "log" });
    assert.equal(log.body, "layers in /etc as 1234\nwelcome\n");
    await run("by-digest", `${registry}/team/hello@${digest}`);
    await state("by-digest", /^Running/);

    // What is there is run as it is; what is always pulled is run as it is now.
    await writeFile(at("hello.ts"), hello("second"));
    await image("build", at("hello.ts"), "-t", name);
    const [, newer = ""] = /(sha256:[0-9a-f]{64})/.exec((await push(name)).text) ?? [];
    assert.notEqual(newer, digest);
    await run("as-it-was", name, { secrets: [] });
    assert.match(await state("as-it-was", /^Running/), new RegExp(digest));
    await run("as-it-is", name, { policy: "Always" });
    assert.match(await state("as-it-is", /^Running/), new RegExp(newer));
    type Events = { readonly items: readonly { readonly reason?: string; readonly message?: string }[] };
    const events = (await api<Events>({ verb: "list", namespace: "default", resource: "events" })).body.items;
    const told = events.find(({ reason }) => reason === "FailedToRetrieveImagePullSecret");
    assert.match(told?.message ?? "", /^Unable to retrieve some image pull secrets \(gone\)/);
  },
);

scenario(
  "the same content is the same image, and what cannot be built or pushed is refused in words",
  {},
  async (context) => {
    const folder = await context.folder();
    const at = (...path: readonly string[]) => join(folder, ...path);
    const digests: string[] = [];
    for (const copy of ["a", "b"]) {
      await mkdir(at(copy, "bin"), { recursive: true });
      await writeFile(at(copy, "bin", "größe"), "x", { mode: 0o755 });
      digests.push((await buildImage(at(copy), imageLayout(at("layout")))).manifest.digest);
    }
    assert.equal(digests[0], digests[1]);
    const refused = async (...words: readonly string[]) => {
      const { code, stderr } = await captureLine("image", ...words, "--layout", at("layout"));
      return `${code} ${stderr}`;
    };
    await writeFile(at("a", "image.json"), "[]");
    await writeFile(at("none.ts"), "export const x = 1;");
    assert.match(await refused("build", at("a"), "-t", "x"), /^2 .*it is no JSON object/);
    assert.match(await refused("build", at("none.ts"), "-t", "x"), /it has no handler/);
    assert.match(await refused("build", at("nothing"), "-t", "x"), /there is no such file or folder/);
    assert.match(await refused("build", at("a")), /say of what and its name/);
    assert.match(await refused("build", at("b"), "-t", "No Name"), /that is no name of an image/);
    assert.match(await refused("push", "x:1"), /it does not begin with a registry/);
    assert.match(await refused("push", "127.0.0.1:1/x:1"), /none of that name was built/);
    assert.match(await refused("pull", "x"), /there is no such action, use list, build or push/);
    await assert.rejects(createCluster({ registryPort: 0 }), /Cannot simulate a cluster with a registry/);
  },
);
