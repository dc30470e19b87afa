/**
 * The features of Kubernetes 1.34 that have gates, and which of them a cluster here can be told of: those that can be
 * switched on, and of all others that they are as they are.
 *
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
 */
import { failed, ok, type Result } from "../kit/result.ts";

/** What Kubernetes 1.34 has off, and a cluster here may have on. */
export type FeatureGate = (typeof switchable)[number];

/** Those that are on; all others that can be switched are off. */
export type FeatureGates = readonly FeatureGate[];

const switchable = ["ClusterTrustBundle", "ClusterTrustBundleProjection", "ImageVolume"] as const;

/** Off by default, and on here always: people who learn meet them in examples. */
const alwaysOn = names(
  `ContainerRestartRules HPAConfigurableTolerance MaxUnavailableStatefulSet MutatingAdmissionPolicy`,
);

/** Stable: no cluster can have them otherwise. */
const lockedOn = names(`
  APIServerTracing AnonymousAuthConfigurableEndpoints AnyVolumeDataSource AuthorizeNodeWithSelectors
  AuthorizeWithSelectors BtreeWatchCache CPUManagerPolicyOptions CRDValidationRatcheting CSIMigrationPortworx
  ConsistentListFromCache CustomResourceFieldSelectors HonorPVReclaimPolicy JobBackoffLimitPerIndex
  JobPodReplacementPolicy JobSuccessPolicy KubeletCgroupDriverFromCRI KubeletTracing LogarithmicScaleDown
  MatchLabelKeysInPodAffinity MemoryManager MultiCIDRServiceAllocator NFTablesProxyMode
  NodeInclusionPolicyInPodTopologySpread NodeSwap OrderedNamespaceDeletion PodLifecycleSleepAction
  PodLifecycleSleepActionAllowZero PodSchedulingReadiness RecoverVolumeExpansionFailure RecursiveReadOnlyMounts
  RelaxedDNSSearchValidation RelaxedEnvironmentVariableValidation ResilientWatchCacheInitialization RetryGenerateName
  SchedulerQueueingHints SeparateTaintEvictionController ServiceAccountTokenJTI ServiceAccountTokenNodeBinding
  ServiceAccountTokenNodeBindingValidation ServiceAccountTokenPodNodeInfo ServiceTrafficDistribution SidecarContainers
  StreamingCollectionEncodingToJSON StreamingCollectionEncodingToProtobuf StructuredAuthenticationConfiguration
  StructuredAuthorizationConfiguration TopologyAwareHints WinDSR WinOverlay`);
const lockedOff = names("AllowServiceLBStatusOnNonLB WatchFromStorageWithoutResourceVersion");

/** On by default, and off by default: whoever says so says nothing new. */
const usuallyOn = names(`
  APIResponseCompression APIServerIdentity AggregatedDiscoveryRemoveBetaType AllowParsingUserUIDFromCertAuth
  CPUManagerPolicyBetaOptions ContainerCheckpoint DRAAdminAccess DRAPrioritizedList DRAResourceClaimDeviceStatus
  DRASchedulerFilterTimeout DeclarativeValidation DetectCacheInconsistency DisableAllocatorDualWrite
  DisableCPUQuotaWithExclusiveCPUs DisableNodeKubeProxyVersion DynamicResourceAllocation ExecProbeTimeout
  ExternalServiceAccountTokenSigner GracefulNodeShutdown GracefulNodeShutdownBasedOnPodPriority ImageMaximumGCAge
  InPlacePodVerticalScaling JobManagedBy KubeletFineGrainedAuthz KubeletPSI KubeletPodResourcesDynamicResources
  KubeletPodResourcesGet KubeletPodResourcesListUseActivePods KubeletSeparateDiskGC
  KubeletServiceAccountTokenForCredentialProviders ListFromCacheSnapshot MatchLabelKeysInPodTopologySpread
  MatchLabelKeysInPodTopologySpreadSelectorMerge OpenAPIEnums PodDeletionCost PodLevelResources
  PodObservedGenerationTracking PodReadyToStartContainersCondition PortForwardWebsockets PreferSameTrafficDistribution
  PreventStaticPodAPIReferences ProcMountType ReloadKubeletServerCertificateFile RemoteRequestHeaderUID
  RotateKubeletServerCertificate SELinuxChangePolicy SELinuxMountReadWriteOncePod SchedulerAsyncPreemption
  SchedulerPopFromBackoffQ ServiceAccountNodeAudienceRestriction SizeBasedListCostEstimate StorageNamespaceIndex
  StorageVersionHash StructuredAuthenticationConfigurationEgressSelector SupplementalGroupsPolicy SystemdWatchdog
  TokenRequestServiceAccountUIDValidation TopologyManagerPolicyBetaOptions TopologyManagerPolicyOptions
  ContextualLogging InOrderInformers LoggingBetaOptions
  TranslateStreamCloseWebsocketRequests UnauthenticatedHTTP2DOSMitigation UserNamespacesSupport VolumeAttributesClass
  WatchList WindowsGracefulNodeShutdown`);
const usuallyOff = names(`
  APIServingWithRoutine AllAlpha AllBeta AllowDNSOnlyNodeCSR AllowInsecureKubeletCertificateSigningRequests
  AllowOverwriteTerminationGracePeriodSeconds AllowUnsafeMalformedObjectDeletion CBORServingAndStorage
  CPUCFSQuotaPeriod CPUManagerPolicyAlphaOptions CSIVolumeHealth ClearingNominatedNodeNameAfterBinding
  CloudControllerManagerWebhook ComponentFlagz ComponentStatusz ConcurrentWatchObjectDecode ContainerStopSignals
  CoordinatedLeaderElection CrossNamespaceVolumeDataSource DRAConsumableCapacity DRADeviceBindingConditions
  DRADeviceTaints DRAExtendedResource DRAPartitionableDevices DeclarativeValidationTakeover
  DeploymentReplicaSetTerminatingReplicas EnvFiles EventedPLEG GitRepoVolumeDriver HPAScaleToZero HostnameOverride
  InPlacePodVerticalScalingAllocatedStatus InPlacePodVerticalScalingExclusiveCPUs
  InPlacePodVerticalScalingExclusiveMemory InTreePluginPortworxUnregister KMSv1 KubeletCrashLoopBackOffMax
  KubeletEnsureSecretPulledImages KubeletInUserNamespace KubeletRegistrationGetOnExistsOnly
  LocalStorageCapacityIsolationFSQuotaMonitoring MemoryQoS MutableCSINodeAllocatableCount NodeLogQuery
  NominatedNodeNameForExpectation PodAndContainerStatsFromCRI PodCertificateRequest PodLogsQuerySplitStreams
  PodTopologyLabelsAdmission QOSReserved ReduceDefaultCrashLoopBackOffDecay RelaxedServiceNameValidation
  ResourceHealthStatus RuntimeClassInImageCriAPI SELinuxMount SchedulerAsyncAPICalls SeparateCacheWatchRPC
  StorageCapacityScoring StorageVersionAPI StorageVersionMigrator StrictIPCIDRValidation
  TopologyManagerPolicyAlphaOptions UnknownVersionInteroperabilityProxy WatchCacheInitializationPostStartHook
  ClientsAllowCBOR ClientsPreferCBOR InformerResourceVersion LoggingAlphaOptions WatchListClient
  WindowsCPUAndMemoryAffinity WindowsHostNetwork`);

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** What Go takes for a truth. */
const truths: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

/**
 * Which features are on by what Kubernetes' flag `--feature-gates` says, such as `ImageVolume=true,EnvFiles=false`: of
 * what is said twice the last holds. Fails, with Kubernetes' words where it has some, on names that 1.34 does not know,
 * on what is locked, and on what nothing here would carry out.
 */
export function readFeatureGates(text: string): Result<FeatureGates, string> {
  const said = new Map<string, boolean>();
  for (const pair of text.split(",")) {
    if (pair === "") continue;
    const [name = "", ...values] = pair.split("=");
    const key = name.trim();
    const value = values.join("=").trim();
    const wanted = truths.get(value);
    if (values.length === 0) return failed(`missing bool value for ${key}`);
    if (wanted === undefined) {
      const why = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
      return failed(`invalid value of ${key}=${value}, err: ${why}`);
    }
    said.set(key, wanted);
  }
  for (const [name, wanted] of said) {
    const refusal = refusalOf(name, wanted);
    if (refusal !== undefined) return failed(refusal);
  }
  const on = switchable.filter((name) => said.get(name));
  if (on.includes("ClusterTrustBundleProjection") && !on.includes("ClusterTrustBundle")) {
    return failed("ClusterTrustBundleProjection has nothing to project without ClusterTrustBundle=true, give both");
  }
  return ok(on);
}

function refusalOf(name: string, wanted: boolean): string | undefined {
  if ((switchable as readonly string[]).includes(name)) return undefined;
  const isOn = alwaysOn.has(name) || usuallyOn.has(name);
  const isLocked = lockedOn.has(name) || lockedOff.has(name);
  if (isLocked) {
    const locked = lockedOn.has(name);
    return wanted === locked
      ? undefined
      : `cannot set feature gate ${name} to ${wanted}, feature is locked to ${locked}`;
  }
  if (!isOn && !usuallyOff.has(name)) return `unrecognized feature gate: ${name}`;
  if (wanted === isOn) return undefined;
  const which = switchable.join(", ");
  return `cannot set feature gate ${name} to ${wanted}: here it is always ${isOn ? "on" : "off"}, only ${which} can be switched`;
}
