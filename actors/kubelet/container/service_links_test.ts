import { assert, test } from "../../../properties/house/test.ts";
import { awaitPhase, podNamed, realApiStage } from "../../../properties/stages/kubelet/real_api_stage.ts";
import type { Service } from "../../api/types.ts";
import { serviceVariables } from "./service_links.ts";

test("serviceVariables() has a Service's ports by name and as links, and nothing of one without an IP", () => {
  const of = (spec: Service["spec"]) =>
    Object.fromEntries(
      serviceVariables({ apiVersion: "v1", kind: "Service", metadata: { name: "foo-db" }, spec, status: {} }),
    );
  const ports = [
    { port: 8765, name: "web-in" },
    { port: 53, name: "dns", protocol: "UDP" },
  ];
  assert.deepEqual(of({ clusterIP: "10.96.7.7", ports }), {
    FOO_DB_SERVICE_HOST: "10.96.7.7",
    FOO_DB_SERVICE_PORT: "8765",
    FOO_DB_SERVICE_PORT_WEB_IN: "8765",
    FOO_DB_SERVICE_PORT_DNS: "53",
    FOO_DB_PORT: "tcp://10.96.7.7:8765",
    FOO_DB_PORT_8765_TCP: "tcp://10.96.7.7:8765",
    FOO_DB_PORT_8765_TCP_PROTO: "tcp",
    FOO_DB_PORT_8765_TCP_PORT: "8765",
    FOO_DB_PORT_8765_TCP_ADDR: "10.96.7.7",
    FOO_DB_PORT_53_UDP: "udp://10.96.7.7:53",
    FOO_DB_PORT_53_UDP_PROTO: "udp",
    FOO_DB_PORT_53_UDP_PORT: "53",
    FOO_DB_PORT_53_UDP_ADDR: "10.96.7.7",
  });
  assert.equal(of({ clusterIP: "fd00::1", ports: [{ port: 80 }] }).FOO_DB_PORT, "tcp://[fd00::1]:80");
  assert.deepEqual(of({ clusterIP: "None", ports }), {});
  assert.deepEqual(of({ type: "ExternalName" }), {});
});

test("a container finds the Services of its namespace that were there before it, unless its pod wants none", () => {
  const { lab, exec } = realApiStage(3);
  const serve = (namespace: string, name: string) => {
    const body = { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { ports: [{ port: 80 }] } };
    assert.equal(lab.call("create", "services", { namespace, body }).code, 201);
  };
  const run = (name: string, spec: object) => {
    const containers = [
      {
        name: "c",
        image: "busybox",
        command: ["sleep", "100000"],
        env: [{ name: "URL", value: "http://$(EARLY_SERVICE_HOST)" }],
      },
    ];
    lab.call("create", "pods", { namespace: "default", body: podNamed(name, { ...spec, containers }) });
    awaitPhase(lab, name, "Running");
    return exec(name, "env | grep -E '^(EARLY|LATE|OTHER|URL|KUBERNETES)' | grep -E 'HOST|URL' | sort");
  };
  lab.call("create", "namespaces", { body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "far" } } });
  serve("far", "other");
  serve("default", "early");
  const first = run("first", {});
  assert.match(
    first,
    /^EARLY_SERVICE_HOST=(10\.96\.\d+\.\d+)\nKUBERNETES_SERVICE_HOST=10\.96\.0\.1\nURL=http:\/\/\1\n$/,
  );
  serve("default", "late");
  assert.match(run("second", {}), /LATE_SERVICE_HOST=10\.96\./);
  assert.equal(
    run("alone", { enableServiceLinks: false }),
    "KUBERNETES_SERVICE_HOST=10.96.0.1\nURL=http://$(EARLY_SERVICE_HOST)\n",
  );
});
