/**
 * As much of a reason as is kept and said: what a package or its source says of itself may be without end, and a
 * message may be of some length only (max_payload of nats-server).
 */
export const sayable = (reason: string) => reason.slice(0, 10_000);
