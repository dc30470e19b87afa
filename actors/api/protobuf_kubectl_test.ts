import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { assert, type ScenarioContext, scenario } from "../../properties/house/test.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import { failed } from "../kit/result.ts";
import { decodeProtobuf, protobufType } from "./protobuf.ts";
import type { Fields } from "./types.ts";

const commands = [
  "create deployment web --image=nginx --replicas=0 --port=80",
  "create configmap settings --from-literal=a=b --from-literal=empty= --from-file=/bin/true",
  "create secret generic keys --from-literal=p=q --type=example.com/x",
  "create secret docker-registry pull --docker-username=u --docker-password=p --docker-server=r.example.com",
  "create service clusterip one --tcp=80:http",
  "create service nodeport two --tcp=80:8080 --node-port=30001",
  "create service loadbalancer three --tcp=80",
  "create service externalname four --external-name=example.com",
  "create namespace n",
  "create serviceaccount sa",
];

const nothing = { apiVersion: "v1", kind: "Nothing" };

/** A server that takes what is sent to it in protocol buffers, and answers it as JSON. */
async function catcher(context: ScenarioContext) {
  const caught: { readonly accept: string; readonly object: Fields }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const isProtobuf = request.headers["content-type"] === protobufType;
      const decoded = isProtobuf ? decodeProtobuf(Buffer.concat(chunks), nothing) : failed("not in protocol buffers");
      if (decoded.ok) caught.push({ accept: request.headers.accept ?? "", object: decoded.value });
      response.writeHead(decoded.ok ? 201 : 404, { "Content-Type": "application/json" });
      response.end(JSON.stringify(decoded.ok ? decoded.value : decoded));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.use({ [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) });
  return { caught, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

scenario(
  "decodeProtobuf() makes of a real kubectl's bodies what the same kubectl writes as JSON",
  {},
  async (context) => {
    const { caught, url } = await catcher(context);
    for (const command of commands) {
      const args = [...command.split(" "), `--server=${url}`];
      const sent = await kubectl(args);
      assert.equal(sent.code, 0, `${command}: ${sent.stderr}`);
      const shown = await kubectl([...args, "--dry-run=client", "-o", "json"]);
      assert.equal(shown.code, 0, `${command}: ${shown.stderr}`);
      const { accept, object } = caught.pop() ?? assert.fail(`${command} sent nothing in protocol buffers`);
      assert.equal(accept, "application/vnd.kubernetes.protobuf,application/json");
      const expected = JSON.parse(shown.stdout);
      // What is shown is as it would be stored; the namespace is in the path of what is sent.
      if ((object.metadata as Fields).namespace === undefined) delete expected.metadata.namespace;
      assert.deepEqual(object, expected, command);
    }
  },
);
