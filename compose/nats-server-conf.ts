import { writeFile } from "node:fs/promises";
import { filterOf } from "#shared/bus/declare.ts";
import {
  integrationPermissions,
  type Permissions,
  permissionsOf,
} from "#shared/bus/permissions.ts";
import { messages } from "#shared/messages/index.ts";
import { all } from "../services/all.ts";

/** The user of whoever listens and is no part of kiln. */
const integration = "integration";

/** Where nats-server finds a user's password. */
export const passwordVariable = (user: string) => `NATS_${user.toUpperCase()}_PASSWORD`;

const ofIntegration = integrationPermissions(messages);

/**
 * What the account of integrations has of kiln's. A request is answered to whatever subject its asker names, and
 * nobody asks whether he may say something there: in an account of its own, nobody of kiln's hears that.
 * Without INFO among them, the server would answer too that this account has no JetStream.
 */
const shared = [
  ...messages
    .filter(({ stream }) => stream.keep === "log")
    .map((message) => ["stream", filterOf(message)] as const),
  ...[...ofIntegration.publish.allow, "$JS.API.INFO"].map((it) => ["service", it] as const),
];

/** The whole of `nats-server.conf`: a user for each service, which may do what its `service.ts` lists. */
export const natsServerConf =
  () => `# Made from the services' tables by: npx bun compose/nats-server-conf.ts
# Passwords are in the environment. A value that starts like a number would be read as one.
port: 4222
http: "127.0.0.1:8222"
websocket { port: 8080, no_tls: true }
jetstream { store_dir: "/data", max_memory_store: 64MB, max_file_store: 16GB }
accounts {
  KILN: {
    jetstream: enabled
    users: [
${all.map((service) => userConf(service.name, permissionsOf(service, all))).join("\n")}
    ]
    exports: [
${shared.map(([kind, subject]) => `      { ${kind}: ${JSON.stringify(subject)} }`).join("\n")}
    ]
  }
  INTEGRATIONS: {
    users: [
${userConf(integration, ofIntegration)}
    ]
    imports: [
${shared.map(([kind, subject]) => `      { ${kind}: { account: KILN, subject: ${JSON.stringify(subject)} } }`).join("\n")}
    ]
  }
}
`;

const userConf = (name: string, { publish, subscribe }: Permissions) =>
  [
    `    { user: ${name}, password: $${passwordVariable(name)}, permissions: {`,
    "        publish: {",
    `          allow: ${listOf(publish.allow)}`,
    ...(publish.deny.length > 0 ? [`          deny: ${listOf(publish.deny)}`] : []),
    "        }",
    `        subscribe: { allow: ${listOf(subscribe.allow)} }`,
    "    } }",
  ].join("\n");

const listOf = (subjects: readonly string[]) =>
  `[\n${subjects.map((subject) => `            ${JSON.stringify(subject)}`).join("\n")}\n          ]`;

if (import.meta.main)
  await writeFile(new URL("nats-server.conf", import.meta.url), natsServerConf());
