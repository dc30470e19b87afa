import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { yamlToJson } from "../../actors/api/yaml.ts";
import { assert, test } from "../../properties/house/test.ts";
import { clusterCredentials } from "./certificates.ts";
import { kubeconfigText, writeKubeconfig } from "./kubeconfig.ts";

test("clusterCredentials() lets a client and a server trust each other over TLS", async () => {
  const { caCert, serving, admin } = await clusterCredentials();
  const server = createServer({ ...serving, ca: caCert, requestCert: true }, (request, response) => {
    const socket = request.socket as TLSSocket;
    response.end(JSON.stringify({ authorized: socket.authorized, subject: socket.getPeerCertificate().subject }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const answer = await new Promise<string>((resolve, reject) => {
      const request = get({ host: "127.0.0.1", port, ca: caCert, ...admin, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
      });
      request.on("error", reject);
    });
    assert.deepEqual(JSON.parse(answer), {
      authorized: true,
      subject: { CN: "kubernetes-admin", O: ["system:masters", "kubeadm:cluster-admins"] },
    });
  } finally {
    server.close();
  }
});

test("clusterCredentials() makes certificates for all names under which an API server is reached", async () => {
  const { serving } = await clusterCredentials();
  const cert = new X509Certificate(serving.cert);
  for (const name of ["localhost", "kubernetes.default", "kubernetes.default.svc.cluster.local"]) {
    assert.equal(cert.checkHost(name), name);
  }
  for (const address of ["127.0.0.1", "10.96.0.1"]) assert.equal(cert.checkIP(address), address);
  assert.equal(cert.checkHost("example.com"), undefined);
});

test("clusterCredentials() keeps all in a folder: what is still good is shown again, what is not is made anew", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    const before = await clusterCredentials({ folder });
    const after = await clusterCredentials({ folder });
    assert.equal(after.caCert, before.caCert);
    assert.deepEqual([after.serving, after.admin, after.frontProxy], [before.serving, before.admin, before.frontProxy]);
    const moved = await clusterCredentials({ folder, serviceIps: ["10.97.0.1"] });
    assert.deepEqual(moved.admin, before.admin);
    assert.equal(new X509Certificate(moved.serving.cert).checkIP("10.97.0.1"), "10.97.0.1");
    await writeFile(join(folder, "admin.crt"), before.frontProxy.cert);
    const renewed = await clusterCredentials({ folder, serviceIps: ["10.97.0.1"] });
    assert.deepEqual(renewed.serving, moved.serving);
    const authority = new X509Certificate(after.caCert);
    assert.ok(new X509Certificate(renewed.admin.cert).verify(authority.publicKey));
    for (const file of ["ca.key", "admin.key"]) assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("clusterCredentials() refuses a broken authority with one line that says where it is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    await clusterCredentials({ folder });
    await writeFile(join(folder, "ca.key"), "nonsense");
    await assert.rejects(clusterCredentials({ folder }), (error: Error) => {
      assert.equal(error.name, "InputError");
      assert.match(error.message, /^Cannot use the certificate authority in ".*": .*, restore ca\.crt and ca\.key/);
      return true;
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("writeKubeconfig() writes for its owner only, and leaves a file that is not ours alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubetroupe-"));
  try {
    const path = join(folder, "below", "kubeconfig");
    const credentials = await clusterCredentials();
    const text = kubeconfigText({ server: "https://127.0.0.1:6443", credentials });
    await writeKubeconfig(path, text);
    await writeKubeconfig(path, text);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const yaml = yamlToJson(await readFile(path, "utf8"));
    assert.ok(yaml.ok);
    const config = JSON.parse(yaml.value.json);
    assert.equal(config.clusters[0].cluster.server, "https://127.0.0.1:6443");
    assert.equal(Buffer.from(config.users[0].user["client-key-data"], "base64").toString(), credentials.admin.key);
    assert.equal(config["current-context"], config.contexts[0].name);
    const theirs = text.replaceAll("kubetroupe", "production");
    await writeFile(path, theirs);
    await assert.rejects(writeKubeconfig(path, text), { name: "InputError", message: /holds something else already/ });
    assert.equal(await readFile(path, "utf8"), theirs);
  } finally {
    await rm(folder, { recursive: true });
  }
});
