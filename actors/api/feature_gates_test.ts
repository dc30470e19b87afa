import { assert, test } from "../../properties/house/test.ts";
import { readFeatureGates } from "./feature_gates.ts";

const told = (text: string) => {
  const read = readFeatureGates(text);
  return read.ok ? read.value : read.failure;
};

test("readFeatureGates() reads Kubernetes' flag: of what is said twice the last holds", () => {
  assert.deepEqual(told("ImageVolume=true"), ["ImageVolume"]);
  assert.deepEqual(told(" ImageVolume = True ,ClusterTrustBundle=t,"), ["ClusterTrustBundle", "ImageVolume"]);
  assert.deepEqual(told("ImageVolume=true,ImageVolume=false"), []);
  assert.deepEqual(told(""), []);
});

test("readFeatureGates() takes what is so anyway, and refuses in Kubernetes' words what cannot be", () => {
  assert.deepEqual(told("SidecarContainers=true,InPlacePodVerticalScaling=true,EnvFiles=false"), []);
  assert.deepEqual(told("ContainerRestartRules=true,MutatingAdmissionPolicy=true"), []);
  assert.equal(told("Wings=true"), "unrecognized feature gate: Wings");
  assert.equal(told("ImageVolume"), "missing bool value for ImageVolume");
  assert.equal(
    told("ImageVolume=yes"),
    'invalid value of ImageVolume=yes, err: strconv.ParseBool: parsing "yes": invalid syntax',
  );
  const locked = "cannot set feature gate SidecarContainers to false, feature is locked to true";
  assert.equal(told("SidecarContainers=false"), locked);
  assert.match(
    String(told("EnvFiles=true")),
    /^cannot set feature gate EnvFiles to true: here it is always off, only /,
  );
  assert.match(String(told("ContainerRestartRules=false")), /here it is always on/);
  assert.match(String(told("ClusterTrustBundleProjection=true")), /without ClusterTrustBundle=true/);
});
