import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests of clients and receivers that are still being answered. */
export interface Traffic {
  /** The open requests by method and path, like `GET /__media/…/video.mp4`. */
  readonly open: ReadonlySet<OpenRequest>;
  /** Registers a request when its handler returns. Requests that have been answered by then need no tracking. */
  watch(request: IncomingMessage, response: ServerResponse, path: string): void;
  /**
   * Calls the listener when an open request closes.
   * @returns a function that ends the subscription
   */
  onClose(listener: () => void): () => void;
}

export interface OpenRequest {
  readonly method: string;
  readonly path: string;
}

export function createTraffic(): Traffic {
  const open = new Set<OpenRequest>();
  const listeners = new Set<() => void>();
  return {
    open,
    watch({ method = 'GET' }, response, path) {
      if (response.writableEnded || response.closed) return;
      const entry: OpenRequest = { method, path };
      open.add(entry);
      response.once('close', () => {
        open.delete(entry);
        for (const listener of listeners) listener();
      });
    },
    onClose(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
