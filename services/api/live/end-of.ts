import type { Payload } from "#shared/bus/declare.ts";
import type { buildEnded } from "#shared/messages/build.ts";
import type { End } from "./track-build.ts";

/** A build's end as serene's clients know it. Nothing was to be done counts as done. */
export const endOf = ({
  state,
  message,
}: Pick<Payload<typeof buildEnded>, "state" | "message">): End => {
  switch (state) {
    case "success":
    case "failure":
      return { state: { state }, followsOutput: true };
    case "current":
      return { state: { state: "success" }, followsOutput: false };
    case "cancelled":
      return { state: { state, info: message ?? "" }, followsOutput: false };
    case "fatal":
      return { state: { state, info: [message ?? "", "build"] }, followsOutput: true };
  }
};
