import { natsServerConf, passwordVariable } from "../../compose/nats-server-conf.ts";
import { all } from "../../services/all.ts";
import { startNats } from "./nats.ts";

/** A nats-server as compose has it: each service has a user of its own, and integrations one. */
export const startGuardedNats = async () => {
  const users = [...all.map(({ name }) => name), "integration"];
  const password = (user: string) => `secret-of-${user}`;
  const nats = await startNats({
    // Where it listens and keeps things is the test's.
    settings: natsServerConf().replace(/^(port|http|websocket|jetstream)\b.*$/gm, ""),
    environment: Object.fromEntries(users.map((it) => [passwordVariable(it), password(it)])),
  });
  return {
    ...nats,
    urlOf: (user: string) => nats.url.replace("//", `//${user}:${password(user)}@`),
    password,
  };
};
