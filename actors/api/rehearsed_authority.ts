/**
 * The certificate of a rehearsed cluster's authority: of a real one, whose key was thrown away when it had signed one
 * other.
 */
export const rehearsedAuthority = `-----BEGIN CERTIFICATE-----
MIIBPjCB5KADAgECAgEBMAoGCCqGSM49BAMCMBUxEzARBgNVBAMTCmt1YmVybmV0
ZXMwIBcNMjAwMTAxMDAwMDAwWhgPMjEyNTAxMDEwMDAwMDBaMBUxEzARBgNVBAMT
Cmt1YmVybmV0ZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATUiBw+MlnPeJXl
0BC0ENF0OA4Os1Gj5j6Gy6S4wKWHyW00ryXUfdrj2GiQ5WPg9vfHgBhRxduyfkGd
pKJOb6rIoyMwITAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBhjAKBggq
hkjOPQQDAgNJADBGAiEA7g5xEhGLpL24ujOOjoNdCH5FYE+2dTWYUVBlFnerrEwC
IQCSPWadRCPgoLxIOLJ7OdxWoHS8LYtayuv5E8QH5DoPfw==
-----END CERTIFICATE-----
`;

/** What an API server of a rehearsed cluster shows to pods: signed by that authority, for the names and addresses of the Service `kubernetes`. */
export const rehearsedServing = `-----BEGIN CERTIFICATE-----
MIIB5jCCAY2gAwIBAgIBAjAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwprdWJlcm5l
dGVzMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjUwMTAxMDAwMDAwWjAZMRcwFQYDVQQD
Ew5rdWJlLWFwaXNlcnZlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGke264A
bIGhcS0rG4BFJLBGYtcLCEvUaCxB6oYWqirn9w9UWzzPD7Avx89GBBZfd/2/tMXi
KJj3qkVG2E0/a2yjgccwgcQwDAYDVR0TAQH/BAIwADATBgNVHSUEDDAKBggrBgEF
BQcDATCBngYDVR0RBIGWMIGTggprdWJlcm5ldGVzghJrdWJlcm5ldGVzLmRlZmF1
bHSCFmt1YmVybmV0ZXMuZGVmYXVsdC5zdmOCJGt1YmVybmV0ZXMuZGVmYXVsdC5z
dmMuY2x1c3Rlci5sb2NhbIIJbG9jYWxob3N0hwQKYAABhwR/AAABhwSsEgAChwSs
EgADhwSsEgAEhwSsEgAFhwSsEgAGMAoGCCqGSM49BAMCA0cAMEQCICrnt/7oL+3e
kEKcqNiUy6TJrA2JsiyZul+BVPA7L2VHAiAq8vR58eVFum5PjKgu2lhYE9PtqTAt
gRsZfbQXk4u8GA==
-----END CERTIFICATE-----
`;
