import type { MessageName } from "./cri_schema.ts";

/** A method of the CRI: what it is asked with, and what it answers. */
export interface Method {
  readonly request: MessageName;
  readonly response: MessageName;
}

/** The methods that are asked, by the name of each in its service. */
const runtimeMethods = {
  Version: { request: "VersionRequest", response: "VersionResponse" },
  Status: { request: "StatusRequest", response: "StatusResponse" },
  UpdateRuntimeConfig: { request: "UpdateRuntimeConfigRequest", response: "Empty" },
  RunPodSandbox: { request: "RunPodSandboxRequest", response: "RunPodSandboxResponse" },
  StopPodSandbox: { request: "PodSandboxRequest", response: "Empty" },
  RemovePodSandbox: { request: "PodSandboxRequest", response: "Empty" },
  PodSandboxStatus: { request: "PodSandboxRequest", response: "PodSandboxStatusResponse" },
  ListPodSandbox: { request: "ListPodSandboxRequest", response: "ListPodSandboxResponse" },
  CreateContainer: { request: "CreateContainerRequest", response: "CreateContainerResponse" },
  StartContainer: { request: "ContainerRequest", response: "Empty" },
  StopContainer: { request: "StopContainerRequest", response: "Empty" },
  RemoveContainer: { request: "ContainerRequest", response: "Empty" },
  ListContainers: { request: "ListContainersRequest", response: "ListContainersResponse" },
  ContainerStatus: { request: "ContainerRequest", response: "ContainerStatusResponse" },
  UpdateContainerResources: { request: "UpdateContainerResourcesRequest", response: "Empty" },
  ReopenContainerLog: { request: "ContainerRequest", response: "Empty" },
  ExecSync: { request: "ExecSyncRequest", response: "ExecSyncResponse" },
  Exec: { request: "ExecRequest", response: "StreamingResponse" },
  Attach: { request: "AttachRequest", response: "StreamingResponse" },
  PortForward: { request: "PortForwardRequest", response: "StreamingResponse" },
  ListContainerStats: { request: "ListContainerStatsRequest", response: "ListContainerStatsResponse" },
} as const satisfies Readonly<Record<string, Method>>;

/** The methods about images. */
export const imageMethods = {
  ListImages: { request: "Empty", response: "ListImagesResponse" },
  ImageStatus: { request: "ImageRequest", response: "ImageStatusResponse" },
  PullImage: { request: "PullImageRequest", response: "PullImageResponse" },
  RemoveImage: { request: "ImageRequest", response: "Empty" },
} as const satisfies Readonly<Record<string, Method>>;

/** All of them. */
export const methods = { ...runtimeMethods, ...imageMethods };

/** The name of a method. */
export type MethodName = keyof typeof methods;

/** Where a method is found. */
export function pathOf(name: MethodName): string {
  return `/runtime.v1.${name in imageMethods ? "ImageService" : "RuntimeService"}/${name}`;
}
