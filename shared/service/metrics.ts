import { counter, gauge } from "#shared/metrics/declare.ts";

export const queueMessages = gauge(
  "kiln_queue_messages",
  "Messages a service has still to hear, by whether they wait or are in its hands. Every replica says the same",
  "service",
  "message",
  "state",
);

export const queueOldest = gauge(
  "kiln_queue_oldest_seconds",
  "Age of the oldest work that is not done, 0 without any. Every replica says the same",
  "service",
  "message",
);

export const deliveries = counter(
  "kiln_deliveries_total",
  "Messages that were handled, by what became of them: done, again (to be delivered once more), drop",
  "service",
  "message",
  "verdict",
);

export const redeliveries = counter(
  "kiln_redeliveries_total",
  "Those of the deliveries that were not the message's first",
  "service",
  "message",
);

export const httpRequests = counter(
  "kiln_http_requests_total",
  "Web requests that were answered, by status",
  "service",
  "method",
  "status",
);

export const blobBytes = counter(
  "kiln_blob_bytes_total",
  "Bytes that went into the blob store (written) and came out of it (read); files it hands out whole are not counted",
  "service",
  "direction",
);

export const reconciled = counter(
  "kiln_reconciled_total",
  "Rows whose work was asked for again, as its message may be lost: stepped, failed (the row's own step threw), given-up",
  "service",
  "reconcile",
  "outcome",
);

/** What every service is measured by. */
export const common = [
  queueMessages,
  queueOldest,
  deliveries,
  redeliveries,
  httpRequests,
  blobBytes,
  reconciled,
] as const;
