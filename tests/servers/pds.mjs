// Bluesky's own server (a PDS) with a directory of accounts in memory, on ports of their own, until SIGTERM.
// node pds.mjs MODULES DATA: where npm has installed @atproto/pds and @did-plc/server, and a folder for its data.

import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";

const [modules, data] = process.argv.slice(2);
const need = createRequire(path.join(path.resolve(modules), "package.json"));
const { PDS, envToCfg, envToSecrets } = need("@atproto/pds");
const { PlcServer, Database } = need("@did-plc/server");

const directory = PlcServer.create({ db: Database.mock(), port: 0 });
const directoryPort = (await directory.start()).address().port;
const settings = {
  port: 0,
  hostname: "localhost",
  devMode: true,
  dataDirectory: data,
  blobstoreDiskLocation: path.join(data, "blobs"),
  didPlcUrl: `http://localhost:${directoryPort}`,
  serviceHandleDomains: [".test"],
  inviteRequired: false,
  rateLimitsEnabled: true,
  crawlers: [],
  adminPassword: randomBytes(8).toString("hex"),
  jwtSecret: randomBytes(32).toString("hex"),
  plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString("hex"),
};
const pds = await PDS.create(envToCfg(settings), envToSecrets(settings));
const { port } = (await pds.start()).address();
console.log(`http://localhost:${port}`);
process.on("SIGTERM", async () => {
  await pds.destroy();
  await directory.destroy();
  process.exit(0);
});
