/**
 * The certificate for `localhost`, signed by itself, that the image of Kubernetes' own tests has for its servers, and
 * its key: an example that everybody has, and nothing is protected by.
 */
export const localhostCertificate = `-----BEGIN CERTIFICATE-----
MIIBmDCCAT2gAwIBAgIUcyl+QScaTNQUS0NDR48HXxaw8M0wCgYIKoZIzj0EAwIw
EjEQMA4GA1UECgwHQWNtZSBDbzAgFw0yNjExMzAwMDA2MzFaGA8yMTI2MTEwNjAw
MDYzMVowEjEQMA4GA1UECgwHQWNtZSBDbzBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABMTzUC+G69SWGH5GNy+8n0A5A4TXVx88qlMzBer6A/kD/kd3IvQyjKD7Kiz1
rveFAy6FWeOZ0FcNvAUAEKuweqGjbzBtMB0GA1UdDgQWBBR3Ti5RNc2e+fi82XiC
08gT2knSNzAfBgNVHSMEGDAWgBR3Ti5RNc2e+fi82XiC08gT2knSNzAPBgNVHRMB
Af8EBTADAQH/MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAKBggqhkjOPQQD
AgNJADBGAiEAoMr9s6Kjwg+kytf5LD6gBy9OysZR+mFzXkaVmeUZEbECIQDV+btp
Awp45yyqnV6yHgmdZq2WhGDGQ4YLVf2fNWFGJQ==
-----END CERTIFICATE-----
`;
export const localhostKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQguafJLcUPN+V+q1xZ
6CON3in+D71/jRCAKyM7tYA7wZqhRANCAATE81AvhuvUlhh+RjcvvJ9AOQOE11cf
PKpTMwXq+gP5A/5HdyL0Moyg+yos9a73hQMuhVnjmdBXDbwFABCrsHqh
-----END PRIVATE KEY-----
`;
