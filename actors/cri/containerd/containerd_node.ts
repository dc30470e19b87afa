import { rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { ok, type Result } from "../../kit/result.ts";
import { failedCall, noContainer, nothing } from "../cri_answers.ts";
import type { CriAnswer, CriBackend, CriFailure, CriName, CriRequest, ImageFound } from "../messages.ts";
import type { RealNode } from "../real_runtime.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import type { Sockets } from "../sockets/sockets.ts";
import type { AddressBook } from "./address_book.ts";
import type { CallPlace, Carried, Carry } from "./call_place.ts";
import { containerCalls } from "./container_calls.ts";
import type { CriClient } from "./cri_client.ts";
import { type HeldPods, type HeldPodsOptions, type HeldSandbox, heldPods } from "./held_pods.ts";
import { type GateSettings, podGate } from "./pod_gate.ts";
import { linkProcess } from "./process_link.ts";
import { realNetwork } from "./real_network.ts";
import { realVolumes } from "./real_volumes.ts";
import { removeAll } from "./remove_all.ts";
import { sandboxCalls } from "./sandbox_calls.ts";

/** What a node with a containerd is made of. */
export interface ContainerdNodeOptions extends HeldPodsOptions {
  readonly addresses: AddressBook;
  readonly claimFolder: (handle: string) => string;
  /** What its pods reach of the cluster. Default: nothing. */
  readonly gate?: GateSettings;
}

const pullMsMax = 600_000;

/** The calls of the CRI as a containerd carries them out for one computer. */
export function containerdNode(node: RuntimeNode, sockets: Sockets, options: ContainerdNodeOptions): RealNode {
  const { client, owner, folder, addresses, claimFolder } = options;
  const pods = heldPods(node, options);
  const volumes = realVolumes({ folder: join(folder, "volumes"), claimFolder });
  const network = realNetwork(node, sockets);
  const gate = options.gate && podGate(node, sockets, options.gate);
  const place: CallPlace = { node, client, owner, pods, volumes, network, gate };
  const carried = { ...otherCalls(client), ...sandboxCalls(place), ...containerCalls(place) };
  // What a computer had when it lost its power is gone: with the runtime it would have gone on.
  const begun = removeAll(client, owner).then(() => rmSync(join(folder, "logs"), { recursive: true, force: true }));

  return {
    calls: callbacks(carried, begun),
    hasSandbox: (id) => pods.sandboxes.has(id),
    hasContainer: (id) => pods.containers.has(id),
    sandboxes: () => [...pods.sandboxes.values()].map(({ status }) => status),
    containers: () => [...pods.containers.values()].map(({ status }) => status),
    logs(request) {
      const held = pods.containers.get(request.container);
      if (!held) return noContainer(request.container);
      if (request.op === "ReadLogs") return held.log.read(request);
      const wasFollowed = held.isFollowed;
      held.isFollowed = request.isWanted;
      if (held.isFollowed && !wasFollowed) pods.followOn(held);
      return ok([]);
    },
    connect(id, { command, hasInput, hasTerminal }, streams) {
      const asked = { container_id: id, stdin: hasInput, stdout: true, stderr: !hasTerminal, tty: hasTerminal };
      const answer = command ? client.call("Exec", { ...asked, cmd: command }) : client.call("Attach", asked);
      return linkProcess(urlOf(answer), { hasInput, hasTerminal }, streams);
    },
    accept(request, done) {
      const held = request.sandbox === undefined ? ofMachine(pods) : pods.sandboxes.get(request.sandbox);
      if (!held) return done(failedCall("UNAVAILABLE", "connection refused"));
      const portForward = (port: number) =>
        urlOf(client.call("PortForward", { pod_sandbox_id: held.status.sandbox, port: [port] }));
      network.accept({ sandbox: held.status, portForward }, request, done);
    },
    datagram(request) {
      const held = pods.sandboxes.get(request.sandbox ?? "");
      if (held && gate?.answer(held.status.sandbox, request)) return ok({});
      return held ? network.datagram(held.status, request) : failedCall("UNAVAILABLE", "port unreachable");
    },
    hasVolumes: volumes.has,
    volumeFolders: volumes.folders,
    volumes: volumes.request,
    find(ip, done) {
      addresses.computerOf(ip).then(
        (computer) => done({ ok: true, ...(computer === undefined ? {} : { computer }) }),
        () => done({ ok: true }),
      );
    },
    close() {
      pods.close();
      network.close();
      gate?.close();
      void removeAll(client, owner);
    },
  };
}

/**
 * A pod that is in the node's network is in this machine's: it is reached by the first address that others reach the
 * machine by, so that nothing is that listens on its loopback alone.
 */
function ofMachine({ sandboxes }: HeldPods): Pick<HeldSandbox, "status"> | undefined {
  const found = [...sandboxes.values()].find(({ status }) => status.ready && status.pod.hostNetwork);
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const address = addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
  return found && address !== undefined ? { status: { ...found.status, ip: address } } : undefined;
}

type OtherCalls = Carried<
  "Version" | "UpdateRuntimeConfig" | "PullImage" | "ImageStatus" | "ListImages" | "RemoveImage" | "ImageFsInfo"
>;

/** The calls about the runtime itself, and about images. */
function otherCalls(client: CriClient): OtherCalls {
  async function imageOf(image: string): Promise<Result<{ readonly image?: ImageFound }, CriFailure>> {
    const answer = await client.call("ImageStatus", { image: { image } });
    if (!answer.ok) return answer;
    const { image: found } = answer.value;
    if (!found) return ok({});
    const { repo_digests: digests, id, size: sizeBytes, uid } = found;
    return ok({ image: { imageRef: digests[0] ?? id, sizeBytes, ...(uid ? { uid: uid.value } : {}) } });
  }

  return {
    async Version() {
      const answer = await client.call("Version", {});
      if (!answer.ok) return answer;
      const { runtime_name: runtimeName, runtime_version: runtimeVersion } = answer.value;
      return ok({ runtimeName, runtimeVersion });
    },
    async UpdateRuntimeConfig({ podCidr }) {
      const answer = await client.call("UpdateRuntimeConfig", {
        runtime_config: { network_config: { pod_cidr: podCidr } },
      });
      return answer.ok ? nothing : answer;
    },
    async PullImage({ image, login }) {
      const auth = login ? { auth: login } : {};
      const answer = await client.call("PullImage", { image: { image }, ...auth }, pullMsMax);
      if (!answer.ok) return answer;
      const found = await imageOf(image);
      return found.ok ? ok(found.value.image ?? { imageRef: answer.value.image_ref, sizeBytes: 0 }) : found;
    },
    ImageStatus: ({ image }) => imageOf(image),
    async ListImages() {
      const answer = await client.call("ListImages", {});
      if (!answer.ok) return answer;
      const images = answer.value.images.map(({ id, repo_tags: repoTags, repo_digests: repoDigests, size }) => ({
        ...{ id, repoTags, repoDigests, sizeBytes: size },
        isPinned: true as const,
      }));
      return ok({ images });
    },
    // They are this machine's, and whoever else uses its containerd may need them.
    RemoveImage: async ({ image }) => failedCall("UNKNOWN", `image ${image} is pinned: it is the machine's`),
    ImageFsInfo: async () => ok({ usedBytes: 0 }),
  };
}

/** Where the runtime has streams for whoever asked. */
async function urlOf(answer: Promise<Result<{ readonly url: string }, CriFailure>>): Promise<string> {
  const found = await answer;
  if (!found.ok) throw new Error(found.failure.message);
  return found.value.url;
}

/** The same calls as the house makes them; none is carried out before the node has begun. */
function callbacks(carried: Carried<CriName>, begun: Promise<void>): CriBackend {
  const of = (name: CriName, carry: Carry<CriName>) => (request: CriRequest, done: (answer: CriAnswer) => void) => {
    const failed = (error: Error) => failedCall("UNKNOWN", `cannot carry out ${name}: ${error.message}`);
    begun.then(() => carry(request)).then(done, (error: Error) => done(failed(error)));
  };
  const entries = Object.entries(carried).map(([name, carry]) => [name, of(name as CriName, carry as Carry<CriName>)]);
  return Object.fromEntries(entries) as unknown as CriBackend;
}
