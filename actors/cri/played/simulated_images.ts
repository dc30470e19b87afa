import { present } from "../../kit/present.ts";
import type { ContainerImage, ImageSource } from "../container_image.ts";
import { imageNameOf } from "../image_name.ts";
import type { ContainerConfig, ImageBehaviour, ImageCatalogue } from "../messages.ts";
import type { Container, RuntimeNode } from "../runtime_node.ts";
import type { NodeSockets } from "../sockets/node_sockets.ts";
import { containerUser } from "./container_user.ts";
import { folderOfFiles } from "./folder_of_files.ts";
import { containerBehaviour, imageBehaviour, imageSize, isListed } from "./image_behaviour.ts";
import { commandOf, imageSystem, imageUser, insideOf, playedImage } from "./image_system.ts";
import type { LayeredImage } from "./layered_image.ts";
import { startProblem } from "./layered_inside.ts";
import { playCommand } from "./played_command.ts";
import { probePlayed, saysProbes } from "./played_probe.ts";
import { playedSystems } from "./played_systems.ts";
import { playedUsage } from "./played_usage.ts";
import { connectPlayed, type PlayedPlace, playProcess, sayUnknown, stopPlayed } from "./simulated_process.ts";
import { imageTree } from "./unix/image_tree.ts";

/** Images that are played. */
export interface SimulatedImages extends ImageSource {
  /** An image that was pulled with its files. */
  ofLayers(layered: LayeredImage): ContainerImage;
}

/** The images that a catalogue plays: it speaks for all names. */
export function simulatedImages(node: RuntimeNode, network: NodeSockets, catalogue: ImageCatalogue): SimulatedImages {
  const place = { node, systems: playedSystems(node, network) };
  return {
    ofLayers({ full, ref, sizeBytes, inside, files }) {
      const { user } = inside;
      const { uid: _uid, ...image } = simulatedImage(place, catalogue, full);
      return { ...image, ...{ ref, sizeBytes, inside, startProblem, files: () => files, uid: user ?? 0 } };
    },
    pull({ image: name }, done) {
      const { missing, pullMs = 0 } = imageBehaviour(catalogue, name);
      const isRefused = catalogue.unknown === "refuse" && !playedImage(name) && !isListed(catalogue, name);
      const nowhere = nobodyThere(name);
      if (!missing && !isRefused && !nowhere)
        return done({ ok: true, image: simulatedImage(place, catalogue, name), pullMs });
      const { full } = imageNameOf(name);
      if (nowhere && !missing) return done({ ok: false, code: "UNKNOWN", message: nowhere, pullMs });
      const message = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
      const advice =
        " (kubetroupe pulls no images: `troupe image list` shows those that it has, --unknown-images=play plays all others)";
      done({ ok: false, code: "NOT_FOUND", message: isRefused ? message + advice : message, pullMs });
    },
  };
}

/**
 * What a pull finds of a registry whose name no network has, as names below `invalid`, and whatever is called so, are reserved for: no image of it is
 * played. Undefined for any other.
 */
function nobodyThere(name: string): string | undefined {
  const { full } = imageNameOf(name);
  const host = full.slice(0, full.indexOf("/"));
  if (!/^invalid\.|\.invalid(:\d+)?$/.test(host)) return undefined;
  const path = full.slice(host.length + 1);
  const end = path.includes("@") ? path.indexOf("@") : path.lastIndexOf(":");
  const [repository, tag] = [path.slice(0, end), path.slice(end + 1)];
  const url = `https://${host}/v2/${repository}/manifests/${tag}`;
  const why = `failed to do request: Head ${JSON.stringify(url)}: dial tcp: lookup ${host.split(":")[0]}: no such host`;
  return `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${why}`;
}

/** Whether commands that are run in a container do what they say. */
function runsCommands(config: ContainerConfig): boolean {
  const { isKnown, system } = insideOf(config);
  return (isKnown && system !== undefined) || commandOf(config) !== undefined;
}

function simulatedImage(place: PlayedPlace, catalogue: ImageCatalogue, name: string): ContainerImage {
  const { full, ref } = imageNameOf(name);
  // A container that starts is asked about several times in a row.
  let last: { readonly config: ContainerConfig; readonly behaviour: ImageBehaviour } | undefined;
  const behaviourOf = (config: ContainerConfig) => {
    if (last?.config !== config) last = { config, behaviour: containerBehaviour(catalogue, config) };
    return last.behaviour;
  };
  const playedOf = (container: Container) => ({
    ...{ container, behaviour: behaviourOf(container.config) },
    isListed: insideOf(container.config).isKnown || isListed(catalogue, container.config.image),
  });
  return {
    full,
    ref,
    sizeBytes: imageSize(catalogue, name),
    ...present({ uid: imageUser(name) }),
    userOf: containerUser,
    files() {
      const { files } = playedImage(name) ?? {};
      if (files) return folderOfFiles(files);
      const { isKnown, system } = imageSystem(name);
      return isKnown && system ? imageTree(system) : undefined;
    },
    startMs: (config) => behaviourOf(config).startMs ?? 0,
    probe(container, kind) {
      const { config } = container;
      const behaviour = behaviourOf(config);
      // A well-known image whose processes are played has a network: who listens is found there.
      const isTrue = insideOf(config).isKnown && commandOf(config) !== undefined && !saysProbes(behaviour);
      return isTrue ? undefined : probePlayed(place.node, behaviour, { container, kind });
    },
    usage: (container) => playedUsage(place, container, behaviourOf(container.config)),
    catchUp(container) {
      if (place.systems.isResting(container)) place.systems.of(container);
      sayUnknown(place, playedOf(container));
    },
    start: (container) => playProcess(place, playedOf(container)),
    stop: (container, timeoutMs) => stopPlayed(place, behaviourOf(container.config), { container, timeoutMs }),
    destroy: (container) => place.systems.forget(container),
    exec(container, options, done) {
      const { config } = container;
      playCommand(place, { container, options, behaviour: behaviourOf(config), isReal: runsCommands(config) }, done);
    },
    connect: (container, wish, client) => connectPlayed(place, container, wish, client),
  };
}
