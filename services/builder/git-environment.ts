/** Keeps git(1) to its network transports, and from asking for anything. */
export const gitEnvironment = {
  GIT_ALLOW_PROTOCOL: "http:https:git",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "",
};
