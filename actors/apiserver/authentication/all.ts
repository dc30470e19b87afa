// Written by `npm run fix`: to add to this list, add a file to this folder.
import { anonymous } from "./anonymous.ts";
import { clientCertificate } from "./client_certificate.ts";
import { serviceAccount } from "./service_account.ts";
import { tokenFile } from "./token_file.ts";

/** All that this folder has, by file name. */
export const all = [anonymous, clientCertificate, serviceAccount, tokenFile] as const;
