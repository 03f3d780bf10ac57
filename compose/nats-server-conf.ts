import { writeFile } from "node:fs/promises";
import {
  integrationPermissions,
  type Permissions,
  permissionsOf,
} from "#shared/bus/permissions.ts";
import { messages } from "#shared/messages/index.ts";
import { all } from "../services/all.ts";

/** The user of whoever listens and is no part of kiln. */
const integration = "integration";

const users = (): [name: string, permissions: Permissions][] => [
  ...all.map((service): [string, Permissions] => [service.name, permissionsOf(service, all)]),
  [integration, integrationPermissions(messages)],
];

/** Where nats-server finds a user's password. */
export const passwordVariable = (user: string) => `NATS_${user.toUpperCase()}_PASSWORD`;

/** The whole of `nats-server.conf`: a user for each service, which may do what its `service.ts` lists. */
export const natsServerConf =
  () => `# Made from the services' tables by: npx bun compose/nats-server-conf.ts
# Passwords are in the environment. A value that starts like a number would be read as one.
port: 4222
http: "127.0.0.1:8222"
websocket { port: 8080, no_tls: true }
jetstream { store_dir: "/data", max_memory_store: 64MB }
authorization {
  users: [
${users()
  .map(([name, permissions]) => userConf(name, permissions))
  .join("\n")}
  ]
}
`;

const userConf = (name: string, { publish, subscribe, responds }: Permissions) =>
  [
    `    { user: ${name}, password: $${passwordVariable(name)}, permissions: {`,
    "        publish: {",
    `          allow: ${listOf(publish.allow)}`,
    ...(publish.deny.length > 0 ? [`          deny: ${listOf(publish.deny)}`] : []),
    "        }",
    `        subscribe: { allow: ${listOf(subscribe.allow)} }`,
    ...(responds ? [`        allow_responses: { max: 1, expires: "5m" }`] : []),
    "    } }",
  ].join("\n");

const listOf = (subjects: readonly string[]) =>
  `[\n${subjects.map((subject) => `            ${JSON.stringify(subject)}`).join("\n")}\n          ]`;

if (import.meta.main)
  await writeFile(new URL("nats-server.conf", import.meta.url), natsServerConf());
