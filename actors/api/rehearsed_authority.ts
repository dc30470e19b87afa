/**
 * The certificate of a rehearsed cluster's authority: of a real one, whose key was thrown away, so that it has signed for nobody.
 */
export const rehearsedAuthority = `-----BEGIN CERTIFICATE-----
MIIBPjCB5KADAgECAgEBMAoGCCqGSM49BAMCMBUxEzARBgNVBAMTCmt1YmVybmV0
ZXMwIBcNMjYwMTAxMDAwMDAwWhgPMjEyNjAxMDEwMDAwMDBaMBUxEzARBgNVBAMT
Cmt1YmVybmV0ZXMwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASaMI1sYb+ERQuM
SxIfNaU3ZUd2fikLfzyb3/WvUs2Ltv+RE+A/Tnb043IZrlgZLGd9aQnV4bK9v7xB
/Hd3p1c5oyMwITAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBhjAKBggq
hkjOPQQDAgNJADBGAiEAyXs8IabR/UDD5kEtszRMu74WMM4jMI9O1rSjFoyBG/AC
IQCR6QTbzmijplpKa3DK0E9Ace/Auau6YEiSFYp7spmckA==
-----END CERTIFICATE-----
`;
