// The server for code within the app: the same routes, without socket or password.
import type { App } from "@/app/app";
import type { RequestHandler } from "@/app/own-server";
import { EventStreams } from "./event-stream";
import { createServer } from "./server";
import { ShareStreams } from "./share-stream";

/** Answers requests until the app is closed. */
export function serveInside(app: App): RequestHandler {
  const { scope } = app.services;
  const streams = new EventStreams(app);
  const shareStreams = new ShareStreams(app);
  scope.defer("streams of code within", () => {
    streams.close();
    shareStreams.close();
  });
  const server = createServer(app, { streams, shareStreams });
  return async (request) => server.handle(request);
}
