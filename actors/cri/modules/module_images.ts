import type { Trust } from "../../network/tls/fault.ts";
import type { ContainerImage, ImageSource, ProcessWatcher } from "../container_image.ts";
import { imageNameOf } from "../image_name.ts";
import type { ImageCatalogue, RegistryLogin } from "../messages.ts";
import { exited, wrote } from "../played/container_life.ts";
import { folderOfFiles } from "../played/folder_of_files.ts";
import { imageBehaviour } from "../played/image_behaviour.ts";
import type { LayeredImage } from "../played/layered_image.ts";
import { lineAudience } from "../played/line_audience.ts";
import { oneShot } from "../played/one_shot.ts";
import type { Container, RuntimeNode } from "../runtime_node.ts";
import type { Sockets } from "../sockets/sockets.ts";
import type { FoundImage } from "./image_catalogue.ts";
import { imageErrorText } from "./image_errors.ts";
import { type ModuleProcess, moduleProcess } from "./module_process.ts";
import type { ModuleRunner } from "./module_runner.ts";
import type { SimulatedWorld } from "./simulated_runner.ts";
import { bytesOf } from "./sockets/bytes.ts";

/** What a pull finds that is no module: a file system. */
export interface FoundLayers extends Pick<LayeredImage, "full" | "ref"> {
  readonly ok: true;
  readonly bundle?: undefined;
  readonly layered: LayeredImage;
}

/** The worker images of a folder, and what runs them. */
export interface ModuleImages {
  /** Whether all happens in the simulation's time; else containers are threads, and end with the device. */
  readonly isVirtual: boolean;
  /** `undefined` when the folder does not speak for such images. */
  find(reference: string, done: (found: FoundImage | FoundLayers | undefined) => void, login?: RegistryLogin): void;
  /** Gets what runs images ready, though none was found here. Default: nothing has to be. */
  load?(): Promise<void>;
  /** Called only after an image was found. */
  runner(world: SimulatedWorld): ModuleRunner;
}

/** A stream without end lets this much virtual time pass with each of its turns. */
const carryMs = 0.1;

/** What the worker images of a node need. */
export interface ModuleSourceOptions {
  readonly node: RuntimeNode;
  readonly sockets: Sockets;
  /** By which it judges who it fetches from. */
  readonly trust: Trust;
  readonly modules: ModuleImages;
  /** Of the images listed there, pulls and starts take the time that it says, or fail. */
  readonly catalogue: ImageCatalogue;
  /** Plays an image that was pulled with its files. */
  ofLayers(layered: LayeredImage): ContainerImage;
}

/** The worker images as a node sees them. */
export function moduleSource({ node, sockets, modules, trust, catalogue, ofLayers }: ModuleSourceOptions): ImageSource {
  const processes = new Map<Container, ModuleProcess>();
  const audience = lineAudience();
  let runner: ModuleRunner | undefined;
  const world: SimulatedWorld = {
    nowMs: () => node.host.wallMs(),
    uptimeMs: node.nowMs,
    after: node.later,
    random: node.host.random,
  };

  const exec: ContainerImage["exec"] = (container, options, done) => processes.get(container)?.exec(options, done);

  function imageOf({ full, ref, bundle }: Extract<FoundImage, { ok: true }>): ContainerImage {
    return {
      full,
      ref,
      sizeBytes: bundle.sizeBytes,
      files: () => folderOfFiles({ "index.mjs": bytesOf(new TextEncoder().encode(bundle.code)) }),
      usage: (container) => processes.get(container)?.usage() ?? { cpuMs: 0, memoryBytes: 0 },
      hasFixedMemory: true,
      startMs: (config) => imageBehaviour(catalogue, config.image).startMs ?? 0,
      start(container) {
        runner ??= modules.runner(world);
        const watcher: ProcessWatcher = {
          exited(how) {
            processes.delete(container);
            exited(node, container, how);
            audience.exited(container);
          },
          wrote(stream, text) {
            wrote(node, container, { stream, text });
            audience.wrote(container, { stream, text });
          },
        };
        const place = { node, sockets, runner, trust, carryMs: modules.isVirtual ? carryMs : 0 };
        processes.set(container, moduleProcess(place, { image: bundle, container, watcher }));
      },
      stop: (container, timeoutMs) => processes.get(container)?.stop(timeoutMs),
      destroy(container) {
        processes.get(container)?.destroy();
        processes.delete(container);
        audience.exited(container);
      },
      exec,
      connect: (container, { command }, client) =>
        command ? oneShot({ exec }, { container, command, client }) : audience.attach(container, client),
    };
  }

  return {
    pull({ image: reference, login }, done) {
      const take = (found: FoundImage | FoundLayers | undefined) => {
        if (!found) return done(undefined);
        const { missing, pullMs = 0 } = imageBehaviour(catalogue, reference);
        if (missing) {
          const message = imageErrorText("notFound", imageNameOf(reference).full);
          return done({ ok: false, code: "NOT_FOUND", message, pullMs });
        }
        if (found.ok && !found.bundle) return done({ ok: true, image: ofLayers(found.layered), pullMs });
        if (found.ok) return done({ ok: true, image: imageOf(found), pullMs });
        const code = found.code === "notFound" ? "NOT_FOUND" : "UNKNOWN";
        done({ ok: false, code, message: found.message, pullMs });
      };
      modules.find(reference, take, login);
    },
  };
}
